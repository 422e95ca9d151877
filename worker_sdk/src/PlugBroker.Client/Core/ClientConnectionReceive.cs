// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using PlugBroker.Wire;

namespace PlugBroker.Client.Core;

/// <summary>The receiving half: one method for each frame that a server may send.</summary>
internal sealed partial class ClientConnection
{
    private readonly FrameReader _reader = new();
    private ReceiveWindow _connectionReceive = new(WireLimits.ConnectionWindow);
    private uint _maxStreams;

    /// <summary>Where the next read goes. Only the reader of the pipe uses it.</summary>
    public Memory<byte> ReadSpace => _reader.FreeSpace;

    /// <summary>So many bytes were read to the front of <see cref="ReadSpace"/>. Ignored once the connection is over.</summary>
    public void Received(int count)
    {
        if (_state is State.Broken or State.Closed)
        {
            return;
        }

        _reader.Advance(count);
        try
        {
            while (_state is not (State.Broken or State.Closed) && _reader.TryRead(out Frame frame))
            {
                if (_state == State.Opening)
                {
                    HandleOpening(frame);
                }
                else
                {
                    Handle(frame);
                    CheckControlBound();
                }
            }
        }
        catch (ProtocolException exception)
        {
            Break(exception.Message);
        }
        catch (RefusedException refusal)
        {
            _state = State.Closed;
            _control.Clear();
            _events.Enqueue(new ConnectionEvent(ConnectionEventKind.Refused, refusal.Status, refusal.Message));
        }
    }

    private void HandleOpening(in Frame frame)
    {
        if (frame.Header.Type != FrameType.HelloAck)
        {
            throw new ProtocolException("a frame other than HELLO_ACK came first");
        }

        HelloAck peer = Opening.DecodeHelloAck(frame.Meta, _self);
        Peer = peer;
        MaxPayload = (long)Math.Min((ulong)MaxPayload, peer.MaxPayload);
        _maxStreams = Math.Min(_self.MaxStreams, peer.MaxStreams);
        _maxChunk = peer.MaxChunk;
        _connectionSend = new SendWindow(peer.ConnectionWindow);
        _state = State.Open;
        _events.Enqueue(new ConnectionEvent(ConnectionEventKind.Opened));
    }

    private void Handle(in Frame frame)
    {
        switch (frame.Header.Type)
        {
            case FrameType.Data: HandleData(frame); break;
            case FrameType.End: HandleEnd(frame); break;
            case FrameType.Window: HandleWindow(frame); break;
            case FrameType.GoAway: HandleGoAway(frame); break;
            case FrameType.Ping:
                _control.Add(SmallMessages.DecodeOpaque(frame.Meta), FrameWriter.WritePong);
                break;
            case FrameType.Pong: SmallMessages.DecodeOpaque(frame.Meta); break;
            case FrameType.Unimplemented: SmallMessages.CheckUnimplemented(frame.Meta); break;
            default: HandleOther(frame.Header); break;
        }
    }

    private void HandleOther(in FrameHeader header)
    {
        if (header.IsKnown)
        {
            throw new ProtocolException($"{header.Type} is not the service's to send");
        }

        if (header.StreamId > _lastStream)
        {
            throw new ProtocolException("a frame of unknown type for a stream that was never opened");
        }

        _control.Add(header, static (to, of) => FrameWriter.WriteUnimplemented(to, of.StreamId, of.Type));
    }

    /// <summary>Null when the stream has ended.</summary>
    private OpenStream? FindStream(in FrameHeader header)
    {
        if (_streams.TryGetValue(header.StreamId, out OpenStream? stream))
        {
            return stream;
        }

        return header.StreamId <= _lastStream
            ? null
            : throw new ProtocolException($"{header.Type} for a stream that was never opened");
    }

    private void HandleData(in Frame frame)
    {
        int charge = frame.Header.Charge;
        _connectionReceive.Receive(charge);
        OpenStream? stream = FindStream(frame.Header);
        stream?.Receive.Receive(charge);
        if (frame.Header.EndsStream || frame.Header.CarriesNoMessage)
        {
            throw new ProtocolException("DATA of a reply with END_STREAM");
        }

        SmallMessages.CheckNone(frame.Meta);
        uint credit = _connectionReceive.Release(charge);
        if (credit != 0)
        {
            _control.Add(credit, static (to, granted) => FrameWriter.WriteWindow(to, 0, granted));
        }

        if (stream?.Call is { } call)
        {
            TakeReply(stream, call, frame);
        }
    }

    private void TakeReply(OpenStream stream, ClientCall call, in Frame frame)
    {
        bool more = !frame.Header.EndsMessage;
        if (call.Kind == CallKind.Unary && call.Reply.HasMessage)
        {
            GiveUp(call, StatusCode.Unimplemented, "the route answers with a stream");
            return;
        }

        if (!call.Reply.TryAppend(frame.Payload, more, frame.Header.Charge, MaxPayload, out int credit))
        {
            GiveUp(
                call, StatusCode.ResourceExhausted,
                ClientFailure.TooLarge(call.Kind == CallKind.Unary ? "the reply" : "a message of the reply", MaxPayload));
            return;
        }

        call.ReplyStarted = true;
        if (credit != 0)
        {
            Release(stream, credit);
        }

        if (!more && call.Kind == CallKind.Stream)
        {
            Tell(call);
        }
    }

    /// <summary>Ends a sent call with a failure found here, and asks the server to cancel it.</summary>
    private void GiveUp(ClientCall call, StatusCode status, string why)
    {
        Abandon(call);
        End(call, ClientFailure.Make(status, why, received: true));
    }

    private void Release(OpenStream stream, int charge)
    {
        uint credit = stream.Receive.Release(charge, _growth);
        if (credit != 0)
        {
            _control.Add((stream.Id, credit), static (to, grant) => FrameWriter.WriteWindow(to, grant.Id, grant.credit));
        }
    }

    private void HandleEnd(in Frame frame)
    {
        OpenStream? stream = FindStream(frame.Header);
        EndMeta end = EndMeta.Decode(frame.Meta);
        if (stream is null)
        {
            return;
        }

        ClientCall? call = stream.Call;
        if (end.Status == StatusCode.Ok && call is { Reply.InMessage: true })
        {
            throw new ProtocolException("END(ok) in the middle of a reply");
        }

        Close(stream);
        if (call is not null)
        {
            End(call, end);
        }
    }

    private void HandleWindow(in Frame frame)
    {
        uint credit = SmallMessages.DecodeCredit(frame.Meta);
        if (frame.Header.StreamId == 0)
        {
            _connectionSend.Add(credit);
            return;
        }

        if (FindStream(frame.Header) is { } stream)
        {
            stream.Send.Add(credit);
            Enqueue(stream);
        }
    }

    private void HandleGoAway(in Frame frame)
    {
        GoAway goAway = GoAway.Decode(frame.Meta);
        _goAwayMessage = goAway.Message;
        if (_state == State.GoingAway)
        {
            return;
        }

        _state = State.GoingAway;
        ReturnUnsent();
        foreach (OpenStream stream in new List<OpenStream>(_streams.Values))
        {
            if (stream.Id > goAway.LastStream)
            {
                TakeBack(stream, goAway.Message);
            }
        }

        _events.Enqueue(new ConnectionEvent(ConnectionEventKind.GoingAway, goAway.Status, goAway.Message));
    }

    /// <summary>The server did not accept the stream: no worker has seen a byte of it.</summary>
    private void TakeBack(OpenStream stream, string why)
    {
        ClientCall? call = stream.Call;
        Close(stream);
        if (call is null)
        {
            return;
        }

        if (call.Request.CanRewind && !call.ReplyStarted)
        {
            GoBack(call);
        }
        else
        {
            End(call, ClientFailure.Make(StatusCode.Unavailable, why, RetryClass.Safe));
        }
    }
}
