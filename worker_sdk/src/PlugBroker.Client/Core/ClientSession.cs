// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Text;
using PlugBroker.Wire;

namespace PlugBroker.Client.Core;

internal readonly record struct LogLine(ClientLogLevel Level, string Text);

/// <summary>One client's calls and connections, without any I/O or clock.</summary>
/// <remarks>
/// Every submitted call ends exactly once, by its deadline plus <see cref="DeadlineGrace"/> as long as <see cref="OnTime"/> is
/// called. A call is sent again only when no worker can have seen it: no byte of it was written, or the service said in GOAWAY
/// that it did not take it, or it failed so and its retries allow it. Calls wait for a connection until their deadline unless
/// the rule of what went wrong says to end them. The owner connects when <see cref="ConnectDue"/> says so, carries bytes, and
/// collects with <see cref="NextChanged"/> and <see cref="TakeLog"/> after any call. This file is about calls, the other about
/// connections. Guarded by the client's lock.
/// </remarks>
internal sealed partial class ClientSession(HelloOffer self, Random random)
{
    /// <summary>Connections that finish their calls after a GOAWAY, at most; the oldest is given up beyond that.</summary>
    public const int MaxGoingAway = 4;
    public const int MaxLogLines = 64;

    /// <summary>A call that was sent gets so long after its deadline for the service's END before it ends here.</summary>
    public static readonly TimeSpan DeadlineGrace = TimeSpan.FromMilliseconds(100);

    private readonly CallRetry _retry = new(random);
    private readonly SortedSet<ClientCall> _waiting = new(Comparer<ClientCall>.Create((a, b) => a.Number.CompareTo(b.Number)));
    private readonly SortedSet<ClientCall> _timers = new(Comparer<ClientCall>.Create(CompareTimers));
    private readonly Queue<ClientCall> _changed = new();
    private List<LogLine> _log = [];
    private StatusCode _shutDown = StatusCode.Ok;
    private long _lastCall;

    /// <summary>Takes a call that is idle. Readiness ends ok once there is a connection that takes calls.</summary>
    public void Submit(ClientCall call, TimeSpan now)
    {
        call.Number = ++_lastCall;
        if (_shutDown != StatusCode.Ok)
        {
            Fail(call, _shutDown, "the client takes no more calls");
            return;
        }

        if (FaultOf(call, now) is { } wrong)
        {
            Fail(call, StatusCode.InvalidArgument, wrong);
            return;
        }

        Wait(call);
        Pump(now);
        if (call.Kind == CallKind.Readiness)
        {
            OnTime(now);
        }
    }

    /// <summary>Ends the call with cancelled, unless it has ended.</summary>
    public void Cancel(ClientCall call, TimeSpan now)
    {
        if (call.Stage is CallStage.Ended or CallStage.Idle)
        {
            return;
        }

        bool sent = Abandon(call, now);
        call.Reply.DropAll();
        Fail(call, StatusCode.Cancelled, "cancelled by the caller", RetryClass.Never, sent);
        Pump(now);
    }

    /// <summary>Of a stream: its request was added to or closed.</summary>
    public static void RequestGrew(ClientCall call)
    {
        if (call.Stage == CallStage.Sent)
        {
            call.Connection?.RequestGrew(call);
        }
    }

    /// <summary>Of a stream: takes the oldest whole message, of which there is one.</summary>
    public byte[] TakeMessage(ClientCall call, TimeSpan now)
    {
        byte[] message = call.Reply.Take(out int credit);
        if (call.Stage == CallStage.Sent && LinkOf(call) is { } link)
        {
            link.Connection.ReplyTaken(call, credit);
            Drain(link, now);
        }

        return message;
    }

    /// <summary>Ends every call so, drops all connections, and ends later calls at once.</summary>
    public void ShutDown(StatusCode status, string message)
    {
        _shutDown = _shutDown == StatusCode.Ok ? status : _shutDown;
        foreach (ClientCall call in new List<ClientCall>(_timers))
        {
            bool sent = call.Stage == CallStage.Sent;
            call.Connection?.Abandon(call);
            call.Reply.DropBegun();
            Fail(call, status, message, RetryClass.Never, sent);
        }

        _links.Clear();
        _current = null;
    }

    /// <summary>The next call with news: it has ended, has a message to take, or has sent something.</summary>
    public ClientCall? NextChanged()
    {
        if (_changed.TryTake(out ClientCall? call))
        {
            call.ToldOwner = false;
        }

        return call;
    }

    public IReadOnlyList<LogLine> TakeLog()
    {
        if (_log.Count == 0)
        {
            return [];
        }

        List<LogLine> lines = _log;
        _log = [];
        return lines;
    }

    /// <summary>When <see cref="OnTime"/> or <see cref="ConnectDue"/> has something to do.</summary>
    public TimeSpan NextTimer()
    {
        TimeSpan next = _timers.Min?.Timer ?? TimeSpan.MaxValue;
        if (_shutDown == StatusCode.Ok && _current is null && !_connecting && _waiting.Count != 0)
        {
            next = Earlier(next, _nextAttempt);
        }

        foreach (SessionLink link in _links)
        {
            next = Earlier(next, Earlier(link.OpeningDeadline, link.CloseBy));
        }

        return next;
    }

    public void OnTime(TimeSpan now)
    {
        while (_timers.Min is { } first && first.Timer <= now)
        {
            Expire(first, now);
        }

        foreach (SessionLink link in _links.ToArray())
        {
            if (link.OpeningDeadline <= now)
            {
                Lost(link, "the service opened the connection and then said nothing", now);
                link.OpeningDeadline = TimeSpan.MaxValue;
            }
        }

        Pump(now);
    }

    private static TimeSpan Earlier(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private static int CompareTimers(ClientCall one, ClientCall other)
    {
        int order = one.Timer.GetValueOrDefault().CompareTo(other.Timer.GetValueOrDefault());
        return order != 0 ? order : one.Number.CompareTo(other.Number);
    }

    /// <summary>What is wrong with a call; null when nothing is.</summary>
    private static string? FaultOf(ClientCall call, TimeSpan now)
    {
        CallHead head = call.Head;
        if (call.Deadline <= now || call.Deadline - now > CallOptions.MaxDeadline)
        {
            return "a deadline is 1 microsecond to 24 hours";
        }

        if (call.Kind == CallKind.Readiness)
        {
            return null;
        }

        if (!RouteName.IsValid(head.Route))
        {
            return "a route is 1 to 255 bytes of A-Z a-z 0-9 . _ - /";
        }

        if (Encoding.UTF8.GetByteCount(head.ContentType ?? "") > WireLimits.MaxContentTypeBytes)
        {
            return "the content type is longer than 255 bytes";
        }

        if (Encoding.UTF8.GetByteCount(head.IdempotencyKey ?? "") > WireLimits.MaxIdempotencyKeyBytes)
        {
            return "the idempotency key is longer than 64 bytes";
        }

        if (call.Retries is < 0 or > CallRetry.MaxRetries)
        {
            return "a call is sent again at most 5 times";
        }

        return AppMetadata.Mistake(head.Metadata ?? AppMetadata.None);
    }

    private void SetTimer(ClientCall call, TimeSpan? at)
    {
        if (call.Timer is not null)
        {
            _timers.Remove(call);
        }

        call.Timer = at;
        if (at is not null)
        {
            _timers.Add(call);
        }
    }

    private void Tell(ClientCall call)
    {
        if (!call.ToldOwner)
        {
            call.ToldOwner = true;
            _changed.Enqueue(call);
        }
    }

    /// <summary>Its outcome is in place, and no connection has it.</summary>
    private void Finish(ClientCall call)
    {
        SetTimer(call, null);
        _waiting.Remove(call);
        call.Connection = null;
        call.Stage = CallStage.Ended;
        call.Request.Drop();
        Tell(call);
    }

    private void Fail(
        ClientCall call, StatusCode status, string message, RetryClass retry = RetryClass.Never, bool received = false)
    {
        call.Outcome = ClientFailure.Make(status, message, retry, received);
        Finish(call);
    }

    /// <summary>Takes it from its connection, if it has one; true when any byte of it was sent.</summary>
    private bool Abandon(ClientCall call, TimeSpan now)
    {
        SessionLink? link = LinkOf(call);
        bool sent = link is not null && link.Connection.Abandon(call);
        if (link is not null)
        {
            Drain(link, now);
        }

        return sent;
    }

    private void Wait(ClientCall call)
    {
        SetTimer(call, call.Deadline);
        call.Connection = null;
        call.Stage = CallStage.Waiting;
        _waiting.Add(call);
    }

    /// <summary>Starts waiting calls on the connection that takes them.</summary>
    private void Pump(TimeSpan now)
    {
        if (_current is not { } link)
        {
            return;
        }

        if (link.Connection.IsOpen)
        {
            EndReadyWaiters();
        }

        while (link.Connection.CanStart && _waiting.Min is { } call)
        {
            _waiting.Remove(call);
            SetTimer(call, call.Deadline + DeadlineGrace);
            link.Connection.Start(call);
            Drain(link, now);
        }
    }

    private void EndReadyWaiters()
    {
        foreach (ClientCall call in new List<ClientCall>(_waiting))
        {
            if (call.Kind == CallKind.Readiness)
            {
                call.Outcome = EndMeta.Ok with { Origin = EndOrigin.Client, WorkerReceived = false };
                Finish(call);
            }
        }
    }

    /// <summary>A call that its connection has news of.</summary>
    private void HandleChanged(ClientCall call, TimeSpan now)
    {
        if (call.Stage == CallStage.Waiting)
        {
            Wait(call);
            return;
        }

        if (call.Stage != CallStage.Ended)
        {
            Tell(call);
            return;
        }

        EndMeta outcome = call.Outcome!;
        if (outcome.Status == StatusCode.Ok)
        {
            _backoff.Reset();
        }

        if (call.Retries != 0 && call.Request.IsKept && !call.ReplyStarted
            && _retry.Next(outcome, call.Attempts, call.Retries, call.Deadline, now) is { } again)
        {
            call.Retries--;
            call.Request.Rewind();
            call.Connection = null;
            call.Stage = CallStage.BackingOff;
            SetTimer(call, again);
            return;
        }

        Finish(call);
    }

    private void Expire(ClientCall call, TimeSpan now)
    {
        if (call.Stage == CallStage.BackingOff && now < call.Deadline)
        {
            call.Outcome = null;
            Wait(call);
            return;
        }

        if (LinkOf(call) is null)
        {
            FailNotConnected(call);
            return;
        }

        bool sent = Abandon(call, now);
        call.Reply.DropBegun();
        Fail(
            call, StatusCode.DeadlineExceeded,
            sent ? "the deadline passed and the service had not answered" : "the deadline passed before the call was sent",
            sent ? RetryClass.Never : RetryClass.Safe, sent);
    }

    private void FailNotConnected(ClientCall call)
    {
        bool readiness = call.Kind == CallKind.Readiness;
        string words = readiness ? "not ready in time" : "the deadline passed before the call was sent";
        StatusCode status = StatusCode.DeadlineExceeded;
        if (_lastFailure is { } failure)
        {
            words += $": {failure.Message}";
            status = readiness ? failure.Code : status;
        }
        else if (_current is { } link)
        {
            words += link.Connection.IsOpen
                ? ": too many calls are open"
                : ": the service has not answered the opening yet";
        }

        Fail(call, status, words, RetryClass.Safe);
    }

    private void Log(ClientLogLevel level, string text)
    {
        if (_log.Count < MaxLogLines)
        {
            _log.Add(new LogLine(level, text));
        }
    }
}
