// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Threading.Tasks;
using PlugBroker.Wire;

namespace PlugBroker.Worker.Channel;

/// <summary>The open calls of a channel and the handlers that run. Guarded by the session's lock.</summary>
internal sealed class CallTable
{
    private readonly Dictionary<ulong, IncomingCall> _open = [];
    private readonly TaskCompletionSource<bool> _handlersDone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _running;
    private bool _abandoned;

    /// <summary>The highest stream id that came; 0 before the first.</summary>
    public ulong LastStream { get; private set; }

    public int Count => _open.Count;

    /// <summary>Takes note of a REQUEST's stream id.</summary>
    /// <exception cref="ProtocolException">It is not above all earlier ones.</exception>
    public void NoteStream(ulong id)
    {
        if (id <= LastStream)
        {
            throw new ProtocolException("A REQUEST's stream id is not above the last one.");
        }

        LastStream = id;
    }

    public void Add(IncomingCall call) => _open.Add(call.Id, call);

    /// <summary>The open call of that id; null when it has ended.</summary>
    /// <exception cref="ProtocolException">There was no such call.</exception>
    public IncomingCall? Find(ulong id)
    {
        if (id > LastStream)
        {
            throw new ProtocolException("A frame came for a stream that was never opened.");
        }

        return _open.TryGetValue(id, out IncomingCall? call) ? call : null;
    }

    /// <summary>The call's END was written.</summary>
    public void Forget(IncomingCall call)
    {
        call.State = CallState.Ended;
        _open.Remove(call.Id);
    }

    public void HandlerStarted() => _running++;

    public void HandlerReturned()
    {
        _running--;
        CheckDone();
    }

    /// <summary>
    /// Stops all deadlines and does <paramref name="fire"/> to each call whose handler runs. The task ends when no
    /// handler runs any more.
    /// </summary>
    public Task Abandon(Action<IncomingCall> fire)
    {
        _abandoned = true;
        foreach (IncomingCall call in _open.Values)
        {
            call.DeadlineTimer?.Dispose();
            if (call.State == CallState.Running)
            {
                fire(call);
            }
        }

        CheckDone();
        return _handlersDone.Task;
    }

    private void CheckDone()
    {
        if (_abandoned && _running == 0)
        {
            _handlersDone.TrySetResult(true);
        }
    }
}
