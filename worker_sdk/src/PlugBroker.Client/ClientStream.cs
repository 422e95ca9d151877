// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using PlugBroker.Client.Core;
using PlugBroker.Wire;

namespace PlugBroker.Client;

/// <summary>A call whose request and reply are streams of messages.</summary>
/// <remarks>
/// One reader and one writer may use it at once. Messages keep their borders. What the worker does not take, and what is not
/// read here, holds up this call alone, and only so much is stored.
/// </remarks>
[SuppressMessage("Naming", "CA1711", Justification = "It is a stream, of messages.")]
public sealed class ClientStream : IAsyncDisposable, IDisposable
{
    /// <summary>A write waits while so much is stored here.</summary>
    private const int MostUnwritten = WireLimits.StreamWindow;

    private readonly ClientDriver _driver;
    private readonly ClientCall _call;
    private readonly CancellationToken _cancellationToken;
    private readonly CancellationTokenRegistration _registration;
    private readonly TaskCompletionSource<bool> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource<bool>? _news;

    internal ClientStream(
        ClientDriver driver, CallHead head, CallOptions options, CancellationToken cancellationToken)
    {
        _driver = driver;
        _cancellationToken = cancellationToken;
        _call = driver.Submit(
            options.Deadline,
            deadline => new ClientCall(CallKind.Stream, head, new OutgoingRequest(), deadline)
            {
                Retries = options.RetryAttempts,
                WaitForReady = options.WaitForReady,
                Changed = OnChanged,
            });
        _registration = cancellationToken.Register(Cancel);
    }

    private bool HasRoom => _call.Request.Unwritten < MostUnwritten;

    /// <summary>
    /// Sends one message, which is copied. Waits while the worker is more than a window of 128 KiB behind.
    /// </summary>
    /// <exception cref="PlugBrokerException">
    /// The call has failed; or its reply has ended, or the request was completed (FailedPrecondition); or the message is too
    /// large (ResourceExhausted), which leaves the call as it was.
    /// </exception>
    /// <exception cref="OperationCanceledException">A token fired first.</exception>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken = default)
    {
        while (TryWrite(message) is { } news)
        {
            await UntilAsync(news, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The request has no more messages.</summary>
    /// <exception cref="PlugBrokerException">The call has failed.</exception>
    public ValueTask CompleteWritingAsync()
    {
        bool failed = _driver.Enter((_, _) =>
        {
            if (!_call.Ended)
            {
                _call.Request.Close();
                ClientSession.RequestGrew(_call);
            }

            return _call.Ended;
        });
        if (failed)
        {
            CallFailure.ThrowIfFailed(_call, _cancellationToken);
        }

        return default;
    }

    /// <summary>The reply's next message; null once the reply has ended well.</summary>
    /// <exception cref="PlugBrokerException">The call has failed; messages that came before were read before.</exception>
    /// <exception cref="OperationCanceledException">A token fired first.</exception>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            (byte[]? message, Task? news) = TryRead();
            if (message is not null)
            {
                return message;
            }

            if (news is null)
            {
                CallFailure.ThrowIfFailed(_call, _cancellationToken);
                return null;
            }

            await UntilAsync(news, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The reply's messages up to its end.</summary>
    /// <inheritdoc cref="ReadAsync"/>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAllAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (await ReadAsync(cancellationToken).ConfigureAwait(false) is { } message)
        {
            yield return message;
        }
    }

    /// <summary>Waits for the call's end, and returns what came with it beside the messages.</summary>
    /// <exception cref="PlugBrokerException">The call has failed.</exception>
    /// <exception cref="OperationCanceledException">A token fired first.</exception>
    public async Task<Reply> GetResultAsync(CancellationToken cancellationToken = default)
    {
        await UntilAsync(_ended.Task, cancellationToken).ConfigureAwait(false);
        CallFailure.ThrowIfFailed(_call, _cancellationToken);
        return new Reply(_call.Outcome!, default, _call.Attempts);
    }

    /// <summary>Gives the call up, and tells the worker. Does nothing once it has ended.</summary>
    public void Cancel() => _driver.Cancel(_call);

    /// <summary>Cancels the call if it has not ended.</summary>
    public void Dispose()
    {
        _registration.Dispose();
        Cancel();
    }

    /// <summary>As <see cref="Dispose"/>.</summary>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return default;
    }

    /// <summary>Waits for the task, which ends well; ends sooner when the token fires.</summary>
    private static async Task UntilAsync(Task task, CancellationToken cancellationToken)
    {
        if (!cancellationToken.CanBeCanceled || task.IsCompleted)
        {
            await task.ConfigureAwait(false);
            return;
        }

        var cancelled = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        using (cancellationToken.Register(static source => ((TaskCompletionSource<bool>)source!).TrySetResult(true), cancelled))
        {
            await Task.WhenAny(task, cancelled.Task).ConfigureAwait(false);
        }

        if (!task.IsCompleted)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Null when it is done; else what to wait for.</summary>
    private Task? TryWrite(ReadOnlyMemory<byte> message)
    {
        (Task? news, string? wrong, StatusCode status) = _driver.Enter<(Task?, string?, StatusCode)>((session, _) =>
        {
            if (_call.Ended)
            {
                return (null, "the reply has ended: nothing more can be written", StatusCode.FailedPrecondition);
            }

            if (_call.Request.Closed)
            {
                return (null, "the request was half-closed", StatusCode.FailedPrecondition);
            }

            if (message.Length > session.MaxPayload)
            {
                return (null, ClientFailure.TooLarge("the message", session.MaxPayload), StatusCode.ResourceExhausted);
            }

            if (!HasRoom)
            {
                return (News(), null, StatusCode.Ok);
            }

            _call.Request.Add(message.ToArray());
            ClientSession.RequestGrew(_call);
            return (null, null, StatusCode.Ok);
        });
        if (wrong is null)
        {
            return news;
        }

        if (_call.Ended)
        {
            CallFailure.ThrowIfFailed(_call, _cancellationToken);
        }

        throw new PlugBrokerException(status, wrong);
    }

    /// <summary>A message; or what to wait for; or, at the end, neither.</summary>
    private (byte[]? Message, Task? News) TryRead() =>
        _driver.Enter<(byte[]?, Task?)>((session, now) =>
            _call.Reply.HasMessage ? (session.TakeMessage(_call, now), null)
            : _call.Ended ? (null, null)
            : (null, News()));

    /// <summary>Ends when something has changed. Under the lock.</summary>
    private Task<bool> News() =>
        (_news ??= new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    private void OnChanged(ClientCall call)
    {
        if (call.Ended)
        {
            _ended.TrySetResult(true);
        }

        TaskCompletionSource<bool>? news = _news;
        _news = null;
        news?.TrySetResult(true);
    }
}
