// SPDX-License-Identifier: Apache-2.0
using System;
using System.Threading;
using System.Threading.Tasks;
using PlugBroker.Wire;

namespace PlugBroker.Worker.Channel;

/// <content>What concerns one call: its frames, its deadline and its handler.</content>
internal sealed partial class WorkerSession
{
    private ulong MaxReply => Math.Min(_peer.MaxPayload, WireLimits.LargestPayloadBytes);

    /// <summary>A broker hands on no larger message than it takes itself, so that its configuration alone decides.</summary>
    private long MaxRequest => (long)Math.Max(MaxReply, WireLimits.MaxPayloadBytes);

    private void OnRequest(in Frame frame)
    {
        FrameHeader header = frame.Header;
        _calls.NoteStream(header.StreamId);
        RequestMeta meta = RequestMeta.Decode(frame.Meta);
        if (Admission.Refusal(header, meta, _routes, _draining, _calls.Count < _concurrency) is { } refusal)
        {
            AddControl((refusal, header.StreamId), static (to, end) => end.refusal.Write(to, end.StreamId));
            return;
        }

        var call = new IncomingCall(this, header.StreamId, _routes.Find(meta.Route)!, _peer.StreamWindow)
        {
            Details = CallDetails.Of(header, meta, _time),
        };
        _calls.Add(call);
        call.DeadlineTimer = _time.CreateTimer(
            static state => ((IncomingCall)state!).RingDeadline(), call, WholeMilliseconds(call.Details.Deadline),
            Timeout.InfiniteTimeSpan);
        if (call.Inbox is not null)
        {
            StartHandler(call);
        }

        TakePayload(call, frame);
    }

    private void OnData(in Frame frame)
    {
        if (_calls.Find(frame.Header.StreamId) is not { } call)
        {
            return;
        }

        SmallMessages.CheckNone(frame.Meta);
        if (call.RequestIsWhole)
        {
            throw new ProtocolException("DATA came after the stream's END_STREAM.");
        }

        TakePayload(call, frame);
    }

    private void TakePayload(IncomingCall call, in Frame frame)
    {
        FrameHeader header = frame.Header;
        call.ReceiveWindow.Receive(header.Charge);
        if (header.CarriesNoMessage && call.InsideMessage)
        {
            throw new ProtocolException("NO_MESSAGE came before the message's end.");
        }

        call.InsideMessage = !header.CarriesNoMessage && !header.EndsMessage;
        call.RequestIsWhole = header.EndsStream;
        if (call.Inbox is null && call.State == CallState.Receiving)
        {
            TakeTheMessage(call, frame);
        }
        else if (call.Inbox is not null && call.State == CallState.Running)
        {
            TakeOneOfMany(call, call.Inbox, frame);
        }
    }

    private void TakeTheMessage(IncomingCall call, in Frame frame)
    {
        FrameHeader header = frame.Header;
        if (!header.CarriesNoMessage)
        {
            if (call.HasMessage)
            {
                Finish(call, CallOutcome.SecondMessage);
                return;
            }

            if (!call.Request.TryAppend(frame.Payload, MaxRequest))
            {
                Finish(call, CallOutcome.RequestTooLarge);
                return;
            }

            call.HasMessage = header.EndsMessage;
        }

        if (header.EndsStream)
        {
            StartHandler(call);
        }
        else
        {
            ReturnCredit(call, header.Charge);
        }
    }

    private void TakeOneOfMany(IncomingCall call, Inbox inbox, in Frame frame)
    {
        if (inbox.TryTake(frame, MaxRequest, out int release))
        {
            ReturnCredit(call, release);
        }
        else
        {
            call.RequestTooLarge = true;
            FireToken(call);
        }
    }

    private void StartHandler(IncomingCall call)
    {
        call.State = CallState.Running;
        _calls.HandlerStarted();
        _handlers.Start(new HandlerRun(call, MaxReply, _report));
    }

    private void OnCancel(in Frame frame)
    {
        SmallMessages.CheckNone(frame.Meta);
        if (_calls.Find(frame.Header.StreamId) is not { } call)
        {
            return;
        }

        call.CancelRequested = true;
        switch (call.State)
        {
            case CallState.Receiving:
                Finish(call, CallOutcome.Cancelled);
                break;
            case CallState.Running:
                FireToken(call);
                call.Outgoing.Drop();
                break;
            default:
                call.Outgoing.Drop();
                call.End = CallOutcome.Cancelled.End;
                _outbox.Unpark(call);
                WakeWriter();
                break;
        }
    }

    void ICallOwner.OnDeadline(IncomingCall call)
    {
        lock (_gate)
        {
            if (call.State == CallState.Receiving)
            {
                Finish(call, CallOutcome.DeadlineExceeded);
            }
            else if (call.State == CallState.Running)
            {
                FireToken(call);
            }
        }
    }

    void ICallOwner.OnHandlerReturned(IncomingCall call, in CallOutcome outcome)
    {
        try
        {
            WriterTurn.Hold();
            lock (_gate)
            {
                TakeOutcome(call, outcome);
            }
        }
        finally
        {
            WriterTurn.Release();
        }
    }

    private void TakeOutcome(IncomingCall call, in CallOutcome outcome)
    {
        _calls.HandlerReturned();
        if (_closing)
        {
            return;
        }

        Finish(call, call switch
        {
            { CancelRequested: true } => CallOutcome.Cancelled,
            { RequestTooLarge: true } => CallOutcome.RequestTooLarge,
            _ => outcome,
        });
    }

    ValueTask ICallOwner.SendAsync(IncomingCall call, ReadOnlyMemory<byte> message)
    {
        lock (_gate)
        {
            ThrowIfFired(call);
            if ((ulong)message.Length > MaxReply)
            {
                throw new CallFailedException(
                    StatusCode.ResourceExhausted, "A message of the reply is larger than the broker takes.");
            }

            Task? sent = call.Outgoing.Add(message);
            _outbox.Add(call);
            WakeWriter();
            return sent is null ? default : new ValueTask(sent);
        }
    }

    MessageBuffer? ICallOwner.TakeMessage(IncomingCall call, out bool ended, out TaskCompletionSource<bool>? arrival)
    {
        lock (_gate)
        {
            arrival = null;
            ThrowIfFired(call);
            MessageBuffer? message = call.Inbox!.Take(out ended, out int release);
            if (message is null && !ended)
            {
                arrival = call.Inbox.WaitAsync(out release);
            }

            if (!_closing && release != 0 && !call.RequestIsWhole
                && call.ReceiveWindow.Release(release, _growth) is var credit and not 0)
            {
                _outbox.Control.AddBeyondLimit(
                    (call.Id, credit), static (to, window) => FrameWriter.WriteWindow(to, window.Id, window.credit));
                WakeWriter();
            }

            return message;
        }
    }

    /// <summary>Timers count in milliseconds and cut off fractions: a deadline must not ring early.</summary>
    private static TimeSpan WholeMilliseconds(TimeSpan time) =>
        TimeSpan.FromMilliseconds(Math.Ceiling(time.TotalMilliseconds));

    private static void ThrowIfFired(IncomingCall call)
    {
        if (call.TokenFired)
        {
            throw new OperationCanceledException(call.Cancellation.Token);
        }
    }

    /// <summary>Callbacks of the token run on the thread pool, not here.</summary>
    private static void FireToken(IncomingCall call)
    {
        call.TokenFired = true;
        _ = call.Cancellation.CancelAsync();
        call.Inbox?.Cancel(call.Cancellation.Token);
        call.Outgoing.CancelWait(call.Cancellation.Token);
    }

    private void Finish(IncomingCall call, in CallOutcome outcome)
    {
        call.DeadlineTimer?.Dispose();
        call.State = CallState.Sending;
        call.End = outcome.End;
        if (call.CancelRequested || call.RequestTooLarge)
        {
            call.Outgoing.Drop();
        }

        if (!outcome.Payload.IsEmpty)
        {
            call.Outgoing.AddWhole(outcome.Payload);
        }

        _outbox.Add(call);
        _outbox.Unpark(call);
        WakeWriter();
    }

    /// <summary>Returns a stream's credit, while the caller may still use it.</summary>
    private void ReturnCredit(IncomingCall call, int charge)
    {
        if (charge != 0 && !call.RequestIsWhole && call.State is CallState.Receiving or CallState.Running)
        {
            ReturnCredit(call.Id, call.ReceiveWindow.Release(charge, _growth));
        }
    }
}
