// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Threading.Tasks;
using PlugBroker.Wire;

namespace PlugBroker.Worker.Testing;

/// <summary>A call as its caller sees it. Guarded by the connection's lock.</summary>
internal sealed class TestCall(ulong id, bool takesOneMessage)
{
    public SendWindow SendWindow = new(WireLimits.StreamWindow);

    private readonly Queue<(byte[] Message, int Charge)> _messages = new();
    private readonly TaskCompletionSource<EndMeta> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private List<byte> _building = [];
    private bool _readerWaits = takesOneMessage;
    private int _held;

    public ulong Id { get; } = id;

    /// <summary>The caller wants one message: a second one ends its call.</summary>
    public bool TakesOneMessage { get; } = takesOneMessage;

    /// <summary>The caller has said that it sends no more.</summary>
    public bool HalfClosed { get; set; }

    public Task<EndMeta> Ended => _ended.Task;

    public int WaitingMessages => _messages.Count;

    /// <summary>Takes a DATA. Returns the stream credit that may be returned now.</summary>
    public int Take(in Frame frame)
    {
        _building.AddRange(frame.Payload.ToArray());
        _held += frame.Header.Charge;
        if (!frame.Header.EndsMessage)
        {
            return _readerWaits ? Release() : 0;
        }

        _messages.Enqueue(([.. _building], Release()));
        _building = [];
        return 0;
    }

    /// <summary>The next message; null when there is none now: then the reader waits.</summary>
    /// <param name="charge">The stream credit that may be returned now.</param>
    public byte[]? Next(out int charge)
    {
        _readerWaits = TakesOneMessage || _messages.Count == 0;
        if (_messages.Count == 0)
        {
            charge = Release();
            return null;
        }

        (byte[] message, charge) = _messages.Dequeue();
        return message;
    }

    private int Release()
    {
        int held = _held;
        _held = 0;
        return held;
    }

    /// <summary>The call ends once; what comes later changes nothing.</summary>
    public void End(EndMeta end) => _ended.TrySetResult(end);
}
