// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PlugBroker.Wire;

namespace PlugBroker.Worker.Channel;

/// <summary>The messages of a call's reply that wait to be written. Guarded by the session's lock.</summary>
/// <remarks>
/// Small messages are copied, so that the handler goes on and many leave in one write, up to 64 KiB of what they and
/// their frames cost, as empty messages are not free; for all others the handler waits until they have left.
/// </remarks>
internal sealed class OutgoingMessages
{
    private const int MaxCopiedBytes = 64 * 1024;
    private const int SmallMessageBytes = 16 * 1024;

    private Queue<Message>? _later;
    private Message _head;
    private ReadOnlySequence<byte> _rest;
    private int _copiedBytes;

    /// <summary>There is a message, or the rest of one, to be written.</summary>
    public bool HasMessage { get; private set; }

    /// <summary>What is left of the first message.</summary>
    public long HeadLength => _rest.Length;

    /// <summary>What the handler waits for, which sends one message at a time.</summary>
    private TaskCompletionSource<bool>? WaitedFor =>
        _head.Sent ?? _later?.Select(static message => message.Sent).FirstOrDefault(static sent => sent is not null);

    /// <summary>Adds a message whose memory stays as it is until the call has ended.</summary>
    public void AddWhole(ReadOnlySequence<byte> message) => Add(new Message(message, null, null));

    /// <summary>Adds a message. Until the task has ended its memory must not change; null when it was copied.</summary>
    public Task? Add(ReadOnlyMemory<byte> message)
    {
        if (message.Length <= SmallMessageBytes && _copiedBytes + Cost(message.Length) <= MaxCopiedBytes)
        {
            byte[] copy = ArrayPool<byte>.Shared.Rent(message.Length);
            message.CopyTo(copy);
            _copiedBytes += Cost(message.Length);
            Add(new Message(new ReadOnlySequence<byte>(copy, 0, message.Length), copy, null));
            return null;
        }

        var sent = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        Add(new Message(new ReadOnlySequence<byte>(message), null, sent));
        return sent.Task;
    }

    /// <summary>Copies the next bytes of the first message out; with its last ones it is gone.</summary>
    /// <exception cref="Exception">The memory that the handler gave can't be read; nothing has changed.</exception>
    public void Take(Span<byte> to)
    {
        _rest.Slice(0, to.Length).CopyTo(to);
        _rest = _rest.Slice(to.Length);
        if (_rest.IsEmpty)
        {
            Finish(_head);
            _head.Sent?.TrySetResult(true);
            NextHead();
        }
    }

    /// <summary>
    /// What waits here can't be read: it is dropped, and the handler learns why if it waits for a message to leave.
    /// </summary>
    public void Fail(Exception why)
    {
        TaskCompletionSource<bool>? sent = WaitedFor;
        Drop();
        sent?.TrySetException(why);
    }

    /// <summary>If the handler waits for a message to leave, it stops waiting and what waits here is dropped.</summary>
    public void CancelWait(CancellationToken token)
    {
        if (WaitedFor is { } sent)
        {
            Drop();
            sent.TrySetCanceled(token);
        }
    }

    /// <summary>Drops what waits here, also the rest of a message that was begun.</summary>
    public void Drop()
    {
        while (HasMessage)
        {
            Finish(_head);
            NextHead();
        }
    }

    private static int Cost(int length) => length + WireLimits.FrameCharge;

    private void Add(Message message)
    {
        if (HasMessage)
        {
            (_later ??= new Queue<Message>()).Enqueue(message);
        }
        else
        {
            SetHead(message);
        }
    }

    private void SetHead(Message message)
    {
        HasMessage = true;
        _head = message;
        _rest = message.Bytes;
    }

    private void NextHead()
    {
        HasMessage = false;
        _head = default;
        _rest = default;
        if (_later is { Count: > 0 })
        {
            SetHead(_later.Dequeue());
        }
    }

    private void Finish(Message message)
    {
        if (message.Copy is not null)
        {
            _copiedBytes -= Cost((int)message.Bytes.Length);
            ArrayPool<byte>.Shared.Return(message.Copy);
        }
    }

    private readonly record struct Message(ReadOnlySequence<byte> Bytes, byte[]? Copy, TaskCompletionSource<bool>? Sent);
}
