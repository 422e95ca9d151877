// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PlugBroker.Wire;

namespace PlugBroker.Worker.Channel;

/// <summary>
/// The worker's side of one channel, without I/O: frames go in by <see cref="Receive"/>, bytes come out by
/// <see cref="FillBatch"/>, handlers are started and their outcomes taken. Thread-safe.
/// </summary>
/// <remarks>
/// Bounded by construction: at most <c>concurrency</c> calls are open; each holds of its request one message and a window
/// of others, of its reply one message or 64 KiB of small ones; control frames wait in a queue of 64 KiB.
/// No user code runs under the lock or in Receive.
/// </remarks>
internal sealed partial class WorkerSession : ICallOwner
{
    private readonly object _gate = new();
    private readonly RouteTable _routes;
    private readonly int _concurrency;
    private readonly TimeProvider _time;
    private readonly Action _wakeWriter;
    private readonly HelloOffer _offer;
    private readonly CallTable _calls = new();
    private readonly List<IncomingCall> _ended = [];
    private readonly Outbox _outbox = new();
    private readonly WindowGrowth _growth = new();
    private readonly FailureReport _report;
    private readonly HandlerQueue _handlers;

    private ReceiveWindow _connectionWindow = new(WireLimits.ConnectionWindow);
    private HelloAck _peer = new();
    private bool _opened;
    private bool _draining;
    private bool _closing;
    private bool _writerIdle;

    /// <summary>Makes a session whose first bytes are HELLO.</summary>
    /// <param name="routes">At least one route.</param>
    /// <param name="concurrency">1 to 1,024.</param>
    /// <param name="time">Runs the deadlines.</param>
    /// <param name="wakeWriter">
    /// Called once after each FillBatch that returned 0, when it is worth calling it again; must return at once.
    /// </param>
    /// <param name="report">How handlers' failures are told.</param>
    /// <param name="lent">
    /// Who calls <see cref="Receive"/> calls <see cref="RunHandlers"/> afterwards; otherwise the thread pool runs them.
    /// </param>
    public WorkerSession(
        RouteTable routes, int concurrency, TimeProvider time, Action wakeWriter, FailureReport report = default,
        bool lent = false)
    {
        _handlers = new HandlerQueue(lent);
        _report = report;
        _routes = routes;
        _concurrency = concurrency;
        _time = time;
        _wakeWriter = wakeWriter;
        _offer = new HelloOffer(PeerRole.Worker, "PlugBroker.Worker")
        {
            MaxStreams = (uint)concurrency,
            MaxPayload = WireLimits.LargestPayloadBytes,
        };
        _outbox.Control.Add(_offer, static (to, offer) => Opening.WriteHello(to, offer));
    }

    /// <summary>The opening is done.</summary>
    public bool IsOpen
    {
        get
        {
            lock (_gate)
            {
                return _opened;
            }
        }
    }

    /// <summary>The broker's GOAWAY, once it came.</summary>
    public GoAway? BrokersGoAway { get; private set; }

    /// <summary>Takes one frame. Never waits for writing.</summary>
    /// <exception cref="ProtocolException">The broker broke the protocol: call <see cref="Fail"/>.</exception>
    /// <exception cref="RefusedException">The broker refused this worker.</exception>
    public void Receive(in Frame frame)
    {
        lock (_gate)
        {
            if (_opened)
            {
                Dispatch(frame);
            }
            else
            {
                FinishOpening(frame);
            }
        }
    }

    /// <summary>Runs the handlers of what was received, as far as they are not run elsewhere, on this thread.</summary>
    public void RunHandlers() => _handlers.RunHere();

    /// <summary>RunHandlers, or what its thread does next, takes long, and another thread calls Receive from now on.</summary>
    public void HandlersAreStuck()
    {
        // Of a worker that takes one call at a time no other waits.
        if (_concurrency > 1)
        {
            _handlers.HereIsStuck();
        }
    }

    /// <summary>Fills <paramref name="batch"/> (256 KiB) with what is ready to be written.</summary>
    /// <returns>The bytes to write; 0 when there is nothing now; -1 when there will be nothing any more.</returns>
    public int FillBatch(Span<byte> batch)
    {
        lock (_gate)
        {
            int used = _outbox.Fill(batch, _ended);
            foreach (IncomingCall call in _ended)
            {
                _calls.Forget(call);
                _growth.GiveBack(call.ReceiveWindow.Growth);
                call.Request.Release();
                call.Inbox?.Close();
            }

            _ended.Clear();
            if (used == 0 && (_closing || (_draining && _calls.Count == 0)))
            {
                return -1;
            }

            _writerIdle = used == 0;
            return used;
        }
    }

    /// <summary>Takes no more calls, tells the broker so, and closes once those it has have ended.</summary>
    public void Drain()
    {
        lock (_gate)
        {
            if (!_opened)
            {
                _closing = true;
            }
            else if (!_draining && !_closing)
            {
                _draining = true;
                var goAway = new GoAway(_calls.LastStream, StatusCode.Ok, "the worker stops");
                _outbox.Control.AddBeyondLimit(goAway, static (to, frame) => frame.Write(to));
            }

            WakeWriter();
        }
    }

    /// <summary>Tells the broker (when the opening was done) that it broke the protocol; nothing else is sent any more.</summary>
    public void Fail(string reason)
    {
        lock (_gate)
        {
            _outbox.DropReplies();
            _closing = true;
            if (_opened)
            {
                var goAway = new GoAway(_calls.LastStream, StatusCode.InvalidArgument, reason);
                _outbox.Control.AddBeyondLimit(goAway, static (to, frame) => frame.Write(to));
            }

            WakeWriter();
        }
    }

    /// <summary>The channel is gone: every handler's token fires. The task ends when the last handler has returned.</summary>
    public Task AbandonAsync()
    {
        lock (_gate)
        {
            _closing = true;
            WakeWriter();
            return _calls.Abandon(FireToken);
        }
    }

    private void FinishOpening(in Frame frame)
    {
        if (frame.Header.Type != FrameType.HelloAck)
        {
            throw new ProtocolException("The first frame from the broker is not HELLO_ACK.");
        }

        _peer = Opening.DecodeHelloAck(frame.Meta, _offer);
        _opened = true;
        _outbox.Open(_peer);
        AddControl(this, static (to, session) => FrameWriter.WriteReady(
            to, session._routes.Routes.Select(static route => route.NameBytes), session._concurrency));
    }

    private void Dispatch(in Frame frame)
    {
        FrameHeader header = frame.Header;
        if (header.Charge != 0)
        {
            _connectionWindow.Receive(header.Charge);
            ReturnCredit(0, _connectionWindow.Release(header.Charge));
        }

        switch (header.Type)
        {
            case FrameType.Request:
                OnRequest(frame);
                break;
            case FrameType.Data:
                OnData(frame);
                break;
            case FrameType.Cancel:
                OnCancel(frame);
                break;
            case FrameType.Window:
                OnWindow(frame);
                break;
            case FrameType.Ping:
                AddControl(SmallMessages.DecodeOpaque(frame.Meta), static (to, opaque) => FrameWriter.WritePong(to, opaque));
                break;
            case FrameType.Pong:
                SmallMessages.DecodeOpaque(frame.Meta);
                break;
            case FrameType.GoAway:
                OnGoAway(GoAway.Decode(frame.Meta));
                break;
            case FrameType.Unimplemented:
                SmallMessages.CheckUnimplemented(frame.Meta);
                break;
            case FrameType.Hello or FrameType.HelloAck or FrameType.Ready or FrameType.End:
                throw new ProtocolException($"The broker sent {header.Type}, which it may not send now.");
            default:
                OnUnknown(header);
                break;
        }
    }

    private void OnWindow(in Frame frame)
    {
        uint credit = SmallMessages.DecodeCredit(frame.Meta);
        if (frame.Header.StreamId == 0)
        {
            _outbox.AddConnectionCredit(credit);
        }
        else if (_calls.Find(frame.Header.StreamId) is { } call)
        {
            call.SendWindow.Add(credit);
            _outbox.Unpark(call);
        }

        WakeWriter();
    }

    private void OnGoAway(GoAway goAway)
    {
        BrokersGoAway = goAway;
        if (!goAway.Complains)
        {
            _draining = true;
        }
        else
        {
            _outbox.DropReplies();
            _closing = true;
        }

        WakeWriter();
    }

    private void OnUnknown(FrameHeader header)
    {
        if (header.StreamId == 0 || _calls.Find(header.StreamId) is not null)
        {
            AddControl(header, static (to, unknown) => FrameWriter.WriteUnimplemented(to, unknown.StreamId, unknown.Type));
        }
    }

    private void ReturnCredit(ulong stream, uint credit)
    {
        if (credit != 0)
        {
            AddControl((stream, credit), static (to, window) => FrameWriter.WriteWindow(to, window.stream, window.credit));
        }
    }

    private void AddControl<TState>(TState state, ControlQueue.WriteFrame<TState> write)
    {
        _outbox.Control.Add(state, write);
        WakeWriter();
    }

    private void WakeWriter()
    {
        if (_writerIdle)
        {
            _writerIdle = false;
            _wakeWriter();
        }
    }
}
