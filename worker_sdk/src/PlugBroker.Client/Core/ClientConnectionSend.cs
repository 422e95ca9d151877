// SPDX-License-Identifier: Apache-2.0
using System;
using PlugBroker.Wire;

namespace PlugBroker.Client.Core;

/// <summary>The sending half: fills one write after another.</summary>
internal sealed partial class ClientConnection
{
    /// <summary>The least room in a write, beside a frame's overhead, for which a frame is begun.</summary>
    private const int MinPayloadRoom = 2048;

    private const int RequestOverhead = WireLimits.HeaderBytes + RequestMeta.MaxBytes;

    private SendWindow _connectionSend = new(0);
    private int _maxChunk;

    /// <summary>
    /// Fills <paramref name="batch"/> (at least 256 KiB): control frames first, then the requests in turn. What is in it counts
    /// as handed to a write. Returns the bytes used: 0 when there is nothing to send.
    /// </summary>
    public int Produce(Span<byte> batch, TimeSpan now)
    {
        batch = batch[..WireLimits.MaxWriteBytes];
        int used = _control.MoveTo(batch);
        bool progress = IsUsable;
        while (progress)
        {
            progress = WriteRequest(batch, ref used, now);
            // Each stream once; those that wrote go to the end. One that has nothing to say, or no credit, leaves: WINDOW and
            // RequestGrew bring it back.
            for (int left = _sending.Count; left > 0; left--)
            {
                progress |= WriteData(_sending.Dequeue(), batch, ref used);
            }
        }

        return used;
    }

    /// <summary>At least 1 microsecond; what is left less 5 percent, but at most 20 ms less.</summary>
    private static ulong ForwardedDeadline(TimeSpan left)
    {
        long microseconds = Math.Max(left.Ticks / ClientFailure.TicksPerMicrosecond, 1);
        return (ulong)Math.Max(microseconds - Math.Min(microseconds / 20, 20_000), 1);
    }

    private static FrameFlags FlagsOf(in RequestPiece piece) =>
        (piece.More ? FrameFlags.More : FrameFlags.None)
        | (piece.EndsStream ? FrameFlags.EndStream : FrameFlags.None)
        | (piece.NoMessage ? FrameFlags.NoMessage : FrameFlags.None);

    /// <summary>Room for payload in this write; 0 when the next one is to be used.</summary>
    private int RoomFor(int overhead, int used)
    {
        int room = WireLimits.MaxWriteBytes - used - overhead;
        return room < MinPayloadRoom ? 0 : Math.Min(room, _maxChunk);
    }

    private void Enqueue(OpenStream stream)
    {
        if (!stream.Queued && stream.Call is { Request.Finished: false })
        {
            stream.Queued = true;
            _sending.Enqueue(stream);
        }
    }

    private bool WriteRequest(Span<byte> batch, ref int used, TimeSpan now)
    {
        int room = RoomFor(RequestOverhead, used);
        if (_unsent.First is not { } first || room == 0 || _connectionSend.PayloadRoom < 0)
        {
            return false;
        }

        ClientCall call = first.Value;
        var stream = new OpenStream(_lastStream + 1, call, Peer!.StreamWindow);
        room = Math.Min(room, Math.Min(_connectionSend.PayloadRoom, stream.Send.PayloadRoom));
        if (!call.Request.TryNext(room, first: true, out RequestPiece piece))
        {
            return false;
        }

        _unsent.RemoveFirst();
        used += FrameWriter.WriteRequest(
            batch[used..], stream.Id, ForwardedDeadline(call.Deadline - now), call.Head.ToMeta(), piece.Payload.Span,
            FlagsOf(piece));
        _lastStream = stream.Id;
        _streams.Add(stream.Id, stream);
        call.Stream = stream;
        call.Stage = CallStage.Sent;
        call.ReplyStarted = false;
        call.Attempts++;
        Wrote(stream, call, piece);
        return true;
    }

    private bool WriteData(OpenStream stream, Span<byte> batch, ref int used)
    {
        stream.Queued = false;
        if (stream.Call is not { } call)
        {
            return false;
        }

        int room = RoomFor(WireLimits.HeaderBytes, used);
        if (room == 0 || _connectionSend.PayloadRoom < 0)
        {
            Enqueue(stream);
            return false;
        }

        room = Math.Min(room, Math.Min(_connectionSend.PayloadRoom, stream.Send.PayloadRoom));
        if (!call.Request.TryNext(room, first: false, out RequestPiece piece))
        {
            // Without a byte of credit of the connection, whose WINDOW says nothing of this stream, it keeps its place.
            if (_connectionSend.PayloadRoom == 0)
            {
                Enqueue(stream);
            }

            return false;
        }

        used += FrameWriter.WriteData(batch[used..], stream.Id, piece.Payload.Span, FlagsOf(piece));
        Wrote(stream, call, piece);
        return true;
    }

    private void Wrote(OpenStream stream, ClientCall call, in RequestPiece piece)
    {
        int charge = piece.Payload.Length + WireLimits.FrameCharge;
        _connectionSend.Spend(charge);
        stream.Send.Spend(charge);
        call.Request.Written(piece);
        Enqueue(stream);
        if (call.Kind == CallKind.Stream)
        {
            Tell(call);
        }
    }
}
