// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Linq;
using PlugBroker.Wire;

namespace PlugBroker.Client.Core;

/// <summary>A connection, and what the session keeps of it.</summary>
internal sealed class SessionLink(ClientConnection connection, TimeSpan openingDeadline)
{
    public ClientConnection Connection { get; } = connection;

    /// <summary>MaxValue once the opening is done.</summary>
    public TimeSpan OpeningDeadline { get; set; } = openingDeadline;

    /// <summary>When it is closed, whatever is outstanding.</summary>
    public TimeSpan CloseBy { get; set; } = TimeSpan.MaxValue;
}

/// <summary>Making, losing and leaving connections.</summary>
internal sealed partial class ClientSession
{
    public static readonly TimeSpan OpeningTimeout = TimeSpan.FromSeconds(5);

    /// <summary>For the last GOAWAY to be written.</summary>
    public static readonly TimeSpan CloseLinger = TimeSpan.FromSeconds(1);

    private readonly ConnectBackoff _backoff = new(random);
    private readonly List<SessionLink> _links = [];
    private SessionLink? _current;
    private TimeSpan _nextAttempt = TimeSpan.MinValue;
    private ConnectFailure? _lastFailure;
    private int _failuresInARow;
    private bool _connecting;

    /// <summary>The largest message, either way, as far as is known.</summary>
    public long MaxPayload =>
        _current is { Connection: { IsOpen: true } connection } ? connection.MaxPayload : (long)self.MaxPayload;

    /// <summary>
    /// True when a connection is wanted and the back-off is over. Say <see cref="ConnectBegun"/>, then <see cref="Connected"/> or
    /// <see cref="ConnectFailed"/>.
    /// </summary>
    public bool ConnectDue(TimeSpan now) =>
        _shutDown == StatusCode.Ok && _current is null && !_connecting && _waiting.Count != 0 && now >= _nextAttempt;

    public void ConnectBegun() => _connecting = true;

    /// <summary>There is a pipe whose owner is trusted.</summary>
    public SessionLink Connected(TimeSpan now)
    {
        _connecting = false;
        _current = new SessionLink(new ClientConnection(self), now + OpeningTimeout);
        _links.Add(_current);
        return _current;
    }

    public void ConnectFailed(ConnectFailure failure, TimeSpan now)
    {
        _connecting = false;
        _nextAttempt = now + _backoff.Next();
        bool same = _lastFailure?.Kind == failure.Kind;
        _failuresInARow = same ? _failuresInARow + 1 : 1;
        if (!same)
        {
            Log(ClientLogLevel.Warning, failure.Message);
        }

        _lastFailure = failure;
        EndWaiting(failure);
    }

    /// <summary>So many bytes came in the connection's read space.</summary>
    public void Received(SessionLink link, int count, TimeSpan now)
    {
        link.Connection.Received(count);
        Drain(link, now);
        Pump(now);
    }

    /// <summary>The pipe is gone.</summary>
    public void Lost(SessionLink link, string reason, TimeSpan now)
    {
        bool wasOpening = link.OpeningDeadline != TimeSpan.MaxValue;
        link.Connection.Lose(reason);
        Drain(link, now);
        if (_current != link)
        {
            return;
        }

        LeaveCurrent(link, now + _backoff.Next());
        if (wasOpening)
        {
            ConnectFailed(new ConnectFailure(ConnectFailureKind.LostWhileOpening, reason), now);
        }
        else
        {
            Log(ClientLogLevel.Warning, reason);
        }
    }

    /// <summary>See <see cref="ClientConnection.Produce"/>.</summary>
    public int Produce(SessionLink link, Span<byte> batch, TimeSpan now)
    {
        int used = link.Connection.Produce(batch, now);
        Drain(link, now);
        return used;
    }

    /// <summary>The connection is to be closed once no write is outstanding.</summary>
    public bool WantsClose(SessionLink link, TimeSpan now) =>
        !_links.Contains(link) || link.Connection.Finished || now >= link.CloseBy;

    /// <summary>It is to be closed now, whatever is outstanding.</summary>
    public bool CloseOverdue(SessionLink link, TimeSpan now) =>
        !_links.Contains(link) || now >= link.CloseBy || link.Connection.Lost;

    /// <summary>The owner has closed the pipe.</summary>
    public void Closed(SessionLink link, string reason, TimeSpan now)
    {
        Lost(link, reason, now);
        _links.Remove(link);
    }

    private SessionLink? LinkOf(ClientCall call)
    {
        foreach (SessionLink link in _links)
        {
            if (call.Connection is not null && link.Connection == call.Connection)
            {
                return link;
            }
        }

        return null;
    }

    /// <summary>Ends those calls that the failure's rule doesn't let wait.</summary>
    private void EndWaiting(ConnectFailure failure)
    {
        bool enough = failure.Rule.Attempts != 0 && _failuresInARow >= failure.Rule.Attempts;
        foreach (ClientCall call in new List<ClientCall>(_waiting))
        {
            bool patient = call.WaitForReady || call.Kind == CallKind.Readiness;
            if (patient ? failure.IsFinal : enough)
            {
                call.Outcome = failure.Outcome;
                Finish(call);
            }
        }
    }

    private void LeaveCurrent(SessionLink link, TimeSpan nextAttempt)
    {
        if (_current == link)
        {
            _current = null;
            _nextAttempt = nextAttempt;
        }
    }

    private void Drain(SessionLink link, TimeSpan now)
    {
        while (link.Connection.NextChanged() is { } call)
        {
            HandleChanged(call, now);
        }

        while (link.Connection.TryNextEvent(out ConnectionEvent next))
        {
            HandleEvent(link, next, now);
        }
    }

    private void HandleEvent(SessionLink link, in ConnectionEvent next, TimeSpan now)
    {
        switch (next.Kind)
        {
            case ConnectionEventKind.Opened:
                link.OpeningDeadline = TimeSpan.MaxValue;
                _failuresInARow = 0;
                _lastFailure = null;
                HelloAck peer = link.Connection.Peer!;
                Log(ClientLogLevel.Information, $"connected to {peer.LibraryName} {peer.LibraryVersion}");
                break;
            case ConnectionEventKind.Refused:
                LeaveCurrent(link, now);
                ConnectFailed(
                    new ConnectFailure(ConnectFailureKind.Refused, $"the service refused: {next.Message}", next.Status), now);
                break;
            case ConnectionEventKind.NotOurPeer:
                LeaveCurrent(link, now);
                ConnectFailed(
                    new ConnectFailure(
                        ConnectFailureKind.NotOurPeer, $"what answers on the pipe is no PlugBroker service: {next.Message}"),
                    now);
                break;
            case ConnectionEventKind.GoingAway:
                Log(
                    ClientLogLevel.Information, $"the service takes no more calls on this connection: {next.Message}");
                LeaveCurrent(link, now);
                if (_links.Count(other => other != _current && other.CloseBy == TimeSpan.MaxValue) > MaxGoingAway)
                {
                    _links[0].CloseBy = now;
                }

                break;
            default:
                Log(ClientLogLevel.Error, next.Message);
                link.CloseBy = now + CloseLinger;
                LeaveCurrent(link, now + _backoff.Next());
                break;
        }
    }
}
