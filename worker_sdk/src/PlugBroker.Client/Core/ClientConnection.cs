// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using PlugBroker.Wire;

namespace PlugBroker.Client.Core;

internal enum ConnectionEventKind
{
    /// <summary>The server accepted; calls may start.</summary>
    Opened,

    /// <summary>The server refused at the opening.</summary>
    Refused,

    /// <summary>What came before the opening was done was no PlugBroker.</summary>
    NotOurPeer,

    /// <summary>The server takes no new calls here; those that it accepted go on.</summary>
    GoingAway,

    /// <summary>The server broke the protocol; close once the output is written.</summary>
    Broken,
}

internal readonly record struct ConnectionEvent(
    ConnectionEventKind Kind, StatusCode Status = StatusCode.Ok, string Message = "");

/// <summary>The client's end of one connection, without any I/O: bytes in, bytes and events out.</summary>
/// <remarks>
/// Each call that was started ends, or goes back to waiting (no byte of it was sent, or the server said that it took none of
/// it), exactly once, unless its owner abandoned it; <see cref="NextChanged"/> tells. Whatever bytes come in, memory stays
/// bounded: a message by the agreed max_payload, a stream's messages by its window, control frames by 64 KiB. This file has
/// what an owner asks and how calls end; the others receive and send. Guarded by the client's lock.
/// </remarks>
internal sealed partial class ClientConnection
{
    private readonly HelloOffer _self;
    private readonly ControlFrames _control = new();
    private readonly Dictionary<ulong, OpenStream> _streams = [];
    private readonly LinkedList<ClientCall> _unsent = new();
    private readonly Queue<OpenStream> _sending = new();
    private readonly Queue<ClientCall> _changed = new();
    private readonly Queue<ConnectionEvent> _events = new();
    private readonly WindowGrowth _growth = new();
    private State _state = State.Opening;
    private ulong _lastStream;
    private string? _goAwayMessage;

    /// <summary>The HELLO is ready to be written at once.</summary>
    public ClientConnection(HelloOffer self)
    {
        _self = self;
        MaxPayload = (long)Math.Min(self.MaxPayload, long.MaxValue);
        _control.Add(self, Opening.WriteHello);
    }

    private enum State
    {
        Opening,
        Open,
        GoingAway,
        Broken,
        Closed,
    }

    public bool IsOpen => _state == State.Open;

    /// <summary>What the server said of itself, once open.</summary>
    public HelloAck? Peer { get; private set; }

    /// <summary>The largest message, either way, as both sides take it.</summary>
    public long MaxPayload { get; private set; }

    /// <summary>The connection is open and the server takes one more stream.</summary>
    public bool CanStart => _state == State.Open && (uint)(_streams.Count + _unsent.Count) < _maxStreams;

    /// <summary>There may be something to write.</summary>
    public bool HasOutput => !_control.IsEmpty || (IsUsable && (_unsent.Count != 0 || _sending.Count != 0));

    /// <summary>Nothing more will come of this connection: close it as soon as no write is outstanding.</summary>
    public bool Finished => _state switch
    {
        State.Closed => true,
        State.Broken => _control.IsEmpty,
        State.GoingAway => _streams.Count == 0,
        _ => false,
    };

    public bool Lost => _state == State.Closed;

    private bool IsUsable => _state is State.Open or State.GoingAway;

    /// <summary>Only when <see cref="CanStart"/>.</summary>
    public void Start(ClientCall call)
    {
        call.Connection = this;
        if (call.Kind == CallKind.Unary && call.Request.TotalBytes > MaxPayload)
        {
            End(call, ClientFailure.Make(StatusCode.ResourceExhausted, ClientFailure.TooLarge("the request", MaxPayload)));
            return;
        }

        call.Stage = CallStage.Unsent;
        _unsent.AddLast(call);
    }

    /// <summary>
    /// Nobody has more interest in the call: it is not sent if no byte of it was, else the server is asked to cancel it.
    /// Returns whether any byte of it was handed to a write.
    /// </summary>
    public bool Abandon(ClientCall call)
    {
        bool wasSent = call.Stage == CallStage.Sent;
        ulong id = call.Stream?.Id ?? 0;
        Detach(call);
        call.Stage = CallStage.Idle;
        if (wasSent && IsUsable)
        {
            _control.Add(id, FrameWriter.WriteCancel);
            CheckControlBound();
        }

        return wasSent;
    }

    /// <summary>The request of a call has more to send than it had.</summary>
    public void RequestGrew(ClientCall call)
    {
        if (call.Stream is { } stream)
        {
            Enqueue(stream);
        }
    }

    /// <summary>The application took stored bytes of the call, for which so much credit is due.</summary>
    public void ReplyTaken(ClientCall call, int credit)
    {
        if (call.Stream is { } stream && credit != 0)
        {
            Release(stream, credit);
            CheckControlBound();
        }
    }

    /// <summary>The pipe is gone. Every call ends or goes back.</summary>
    public void Lose(string reason)
    {
        if (_state == State.Closed)
        {
            return;
        }

        _state = State.Closed;
        _control.Clear();
        ReturnUnsent();
        EndStreams(_goAwayMessage is null ? reason : $"{reason} (the service said: {_goAwayMessage})");
    }

    /// <summary>The next thing that happened, oldest first.</summary>
    public bool TryNextEvent(out ConnectionEvent next) => _events.TryTake(out next);

    /// <summary>
    /// The next call with news: it ended, goes back (its stage is <see cref="CallStage.Waiting"/>), has more of its reply, or
    /// has sent something. Null when there is none.
    /// </summary>
    public ClientCall? NextChanged()
    {
        if (_changed.TryTake(out ClientCall? call))
        {
            call.ToldSession = false;
        }

        return call;
    }

    private void Tell(ClientCall call)
    {
        if (!call.ToldSession)
        {
            call.ToldSession = true;
            _changed.Enqueue(call);
        }
    }

    /// <summary>Takes the call out of everything that decides what is sent. Its stream stays open until END.</summary>
    private void Detach(ClientCall call)
    {
        if (call.Stage == CallStage.Unsent)
        {
            _unsent.Remove(call);
        }

        if (call.Stream is { } stream)
        {
            stream.Call = null;
            call.Stream = null;
        }
    }

    private void Close(OpenStream stream)
    {
        _streams.Remove(stream.Id);
        _growth.GiveBack(stream.Receive.Growth);
    }

    private void End(ClientCall call, EndMeta outcome)
    {
        Detach(call);
        call.Outcome = outcome;
        call.Reply.DropBegun();
        call.Stage = CallStage.Ended;
        Tell(call);
    }

    private void GoBack(ClientCall call)
    {
        Detach(call);
        call.Request.Rewind();
        call.Stage = CallStage.Waiting;
        Tell(call);
    }

    private void EndStreams(string why)
    {
        foreach (OpenStream stream in _streams.Values)
        {
            if (stream.Call is { } call)
            {
                End(call, ClientFailure.Make(StatusCode.Unavailable, why, received: true));
            }
        }

        _streams.Clear();
        _sending.Clear();
    }

    private void ReturnUnsent()
    {
        while (_unsent.First is { } first)
        {
            GoBack(first.Value);
        }
    }

    private void Break(string reason)
    {
        if (_state == State.Opening)
        {
            _state = State.Closed;
            _control.Clear();
            _events.Enqueue(new ConnectionEvent(ConnectionEventKind.NotOurPeer, StatusCode.FailedPrecondition, reason));
            return;
        }

        _control.Add(new GoAway(0, StatusCode.InvalidArgument, reason), static (to, goAway) => goAway.Write(to));
        EndBroken($"the service broke the protocol: {reason}");
    }

    private void CheckControlBound()
    {
        if (_control.IsOverfull && _state != State.Broken)
        {
            _control.Clear();
            EndBroken("the service has stopped reading");
        }
    }

    private void EndBroken(string why)
    {
        _state = State.Broken;
        ReturnUnsent();
        EndStreams(why);
        _events.Enqueue(new ConnectionEvent(ConnectionEventKind.Broken, StatusCode.Unavailable, why));
    }
}
