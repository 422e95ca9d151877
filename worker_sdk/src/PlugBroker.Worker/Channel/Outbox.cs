// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using PlugBroker.Wire;

namespace PlugBroker.Worker.Channel;

/// <summary>
/// Everything that waits to be written, and the choice of what goes next: control frames first, then replies in turn, a
/// chunk each, as far as their credit and the connection's reach. Guarded by the session's lock.
/// </summary>
internal sealed class Outbox
{
    /// <summary>A chunk that is neither its message's last nor stopped by credit is at least this long.</summary>
    private const int SmallestCut = 4096;

    private readonly Queue<IncomingCall> _replies = new();
    private int _maxChunk;
    private SendWindow _connectionWindow;

    private enum Step
    {
        Wrote,
        Ended,
        NeedsStreamCredit,
        NeedsRoom,
        NothingLeft,
    }

    public ControlQueue Control { get; } = new();

    /// <summary>Takes over what the opening agreed.</summary>
    public void Open(HelloAck limits)
    {
        _maxChunk = limits.MaxChunk;
        _connectionWindow = new SendWindow(limits.ConnectionWindow);
    }

    /// <exception cref="ProtocolException">The peer granted too much.</exception>
    public void AddConnectionCredit(uint credit) => _connectionWindow.Add(credit);

    /// <summary>Puts a call in the queue that has something to be written, if it is not there.</summary>
    public void Add(IncomingCall call)
    {
        if (call.Place == OutboxPlace.None)
        {
            call.Place = OutboxPlace.Queued;
            _replies.Enqueue(call);
        }
    }

    /// <summary>Puts a call back that was waiting for credit, or whose rest was dropped.</summary>
    public void Unpark(IncomingCall call)
    {
        if (call.Place == OutboxPlace.Parked)
        {
            call.Place = OutboxPlace.Queued;
            _replies.Enqueue(call);
        }
    }

    /// <summary>Drops all replies: the channel is about to close.</summary>
    public void DropReplies() => _replies.Clear();

    /// <summary>
    /// Fills <paramref name="batch"/> (at least 256 KiB) with whole frames; calls whose END is among them are added to
    /// <paramref name="ended"/>. Returns the bytes used: 0 when nothing can be sent now.
    /// </summary>
    public int Fill(Span<byte> batch, List<IncomingCall> ended)
    {
        int used = Control.MoveTo(batch);
        int inVain = 0;
        while (inVain < _replies.Count)
        {
            IncomingCall call = _replies.Dequeue();
            Step step = Write(call, batch, ref used);
            switch (step)
            {
                case Step.Wrote:
                    _replies.Enqueue(call);
                    inVain = 0;
                    break;
                case Step.Ended:
                    ended.Add(call);
                    inVain = 0;
                    break;
                case Step.NeedsStreamCredit:
                    call.Place = OutboxPlace.Parked;
                    break;
                case Step.NothingLeft:
                    call.Place = OutboxPlace.None;
                    break;
                default:
                    _replies.Enqueue(call);
                    inVain++;
                    break;
            }
        }

        return used;
    }

    private Step Write(IncomingCall call, Span<byte> batch, ref int used)
    {
        bool wrote = false;
        if (call.Outgoing.HasMessage)
        {
            Step step = WriteChunk(call, batch, ref used);
            if (step != Step.Wrote || call.Outgoing.HasMessage)
            {
                return step;
            }

            wrote = true;
        }

        if (call.End is null)
        {
            return wrote ? Step.Wrote : Step.NothingLeft;
        }

        if (batch.Length - used < EndMeta.MaxFrameBytes)
        {
            return wrote ? Step.Wrote : Step.NeedsRoom;
        }

        used += call.End.Write(batch[used..], call.Id);
        return Step.Ended;
    }

    private Step WriteChunk(IncomingCall call, Span<byte> batch, ref int used)
    {
        long left = call.Outgoing.HeadLength;
        int least = left == 0 ? 0 : 1;
        if (call.SendWindow.PayloadRoom < least)
        {
            return Step.NeedsStreamCredit;
        }

        int wanted = (int)Math.Min(left, _maxChunk);
        int room = batch.Length - used - WireLimits.HeaderBytes;
        if (_connectionWindow.PayloadRoom < least || room < Math.Min(wanted, SmallestCut))
        {
            return Step.NeedsRoom;
        }

        int credit = Math.Min(call.SendWindow.PayloadRoom, _connectionWindow.PayloadRoom);
        int length = Math.Min(Math.Min(wanted, room), credit);
        FrameFlags flags = length < left ? FrameFlags.More : FrameFlags.None;
        int header = FrameWriter.WriteDataHeader(batch[used..], call.Id, length, flags);
        try
        {
            call.Outgoing.Take(batch.Slice(used + header, length));
        }
        catch (Exception exception)
        {
            // The handler gave memory that was disposed of, for one. It is that call's failure, and no other's.
            call.Outgoing.Fail(exception);
            call.End = call.End is null ? null : CallOutcome.OfUnreadableReply(exception).End;
            return Step.Wrote;
        }

        used += header + length;
        call.SendWindow.Spend(length + WireLimits.FrameCharge);
        _connectionWindow.Spend(length + WireLimits.FrameCharge);
        return Step.Wrote;
    }
}
