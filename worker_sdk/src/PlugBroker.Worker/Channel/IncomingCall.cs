// SPDX-License-Identifier: Apache-2.0
using System;
using System.Threading;
using System.Threading.Tasks;
using PlugBroker.Wire;

namespace PlugBroker.Worker.Channel;

/// <summary>Where a call stands. It only ever moves downward, and may skip.</summary>
internal enum CallState
{
    /// <summary>The request, of one message, is still coming in.</summary>
    Receiving,

    /// <summary>The handler runs; if it takes many messages, more may be coming in.</summary>
    Running,

    /// <summary>The outcome is known and waits to be written.</summary>
    Sending,

    /// <summary>END was written, or the channel is gone.</summary>
    Ended,
}

/// <summary>Whether a call has a place among those that are written in turn.</summary>
internal enum OutboxPlace
{
    /// <summary>There is nothing to be written.</summary>
    None,

    Queued,

    /// <summary>It waits for stream credit.</summary>
    Parked,
}

/// <summary>One call from its REQUEST to its END. What can change is guarded by the session's lock.</summary>
internal sealed class IncomingCall(ICallOwner owner, ulong id, MappedRoute route, uint sendWindow) : IMessageSource
{
    public SendWindow SendWindow = new(sendWindow);
    public ReceiveWindow ReceiveWindow = new(WireLimits.StreamWindow);

    public ulong Id { get; } = id;

    public MappedRoute Route { get; } = route;

    public CallState State { get; set; } = CallState.Receiving;

    /// <summary>The request's one message, for a handler that takes one; it lives until END was written.</summary>
    public MessageBuffer Request { get; } = new();

    /// <summary>The request's messages, for a handler that takes many.</summary>
    public Inbox? Inbox { get; } = route.TakesMessages ? new Inbox() : null;

    /// <summary>The last frame had MORE.</summary>
    public bool InsideMessage { get; set; }

    /// <summary>The one message of a handler that takes one is whole.</summary>
    public bool HasMessage { get; set; }

    /// <summary>The caller has sent END_STREAM.</summary>
    public bool RequestIsWhole { get; set; }

    /// <summary>The broker has sent CANCEL: whatever the handler answers, the outcome is cancelled.</summary>
    public bool CancelRequested { get; set; }

    /// <summary>A message of the request was larger than a message may be: that is the outcome.</summary>
    public bool RequestTooLarge { get; set; }

    /// <summary>The handler's token has fired, or is about to.</summary>
    public bool TokenFired { get; set; }

    public required CallDetails Details { get; init; }

    public ITimer? DeadlineTimer { get; set; }

    /// <summary>What is told to the handler. Never disposed: it owns neither timer nor wait handle.</summary>
    public CancellationTokenSource Cancellation { get; } = new();

    public OutgoingMessages Outgoing { get; } = new();

    /// <summary>The outcome; null while it is not known.</summary>
    public EndMeta? End { get; set; }

    public OutboxPlace Place { get; set; }

    /// <summary>To be called without the lock, as all that follows.</summary>
    public void RingDeadline() => owner.OnDeadline(this);

    public void HandlerReturned(in CallOutcome outcome) => owner.OnHandlerReturned(this, outcome);

    /// <summary>Adds a message to the reply; ends when the next may be added and the memory may change.</summary>
    public ValueTask SendAsync(ReadOnlyMemory<byte> message) => owner.SendAsync(this, message);

    async ValueTask<MessageBuffer?> IMessageSource.NextAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            MessageBuffer? message = owner.TakeMessage(this, out bool ended, out TaskCompletionSource<bool>? arrival);
            if (message is not null || ended)
            {
                return message;
            }

            using (cancellationToken.Register(
                static state => ((TaskCompletionSource<bool>)state!).TrySetCanceled(), arrival))
            {
                await arrival!.Task.ConfigureAwait(false);
            }
        }
    }
}

/// <summary>Who is told what happens to a call away from the channel, on any thread.</summary>
internal interface ICallOwner
{
    void OnDeadline(IncomingCall call);

    void OnHandlerReturned(IncomingCall call, in CallOutcome outcome);

    /// <exception cref="OperationCanceledException">The call's token has fired.</exception>
    /// <exception cref="CallFailedException">The message is larger than the broker takes.</exception>
    ValueTask SendAsync(IncomingCall call, ReadOnlyMemory<byte> message);

    /// <summary>The next message, or that there will be none, or what ends when one may have come.</summary>
    MessageBuffer? TakeMessage(IncomingCall call, out bool ended, out TaskCompletionSource<bool>? arrival);
}
