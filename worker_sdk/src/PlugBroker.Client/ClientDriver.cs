// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Threading;
using System.Threading.Tasks;
using PlugBroker.Client.Core;
using PlugBroker.Client.Pipe;

namespace PlugBroker.Client;

/// <summary>
/// Runs one <see cref="ClientSession"/>: gives it the time, its pipes and its attempts to connect, and tells calls of their news.
/// </summary>
/// <remarks>
/// All of the session happens under one lock, in which nothing waits and no code of the user runs. The work is done on the
/// thread pool, by the callers' threads and by those that complete reads and writes.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "DisposeAsync() sees to the timer; the source has none.")]
internal sealed class ClientDriver
{
    private static readonly TimeSpan _longestTimer = TimeSpan.FromHours(1);

    private readonly object _lock = new();
    private readonly IPipeConnector _connector;
    private readonly TimeProvider _time;
    private readonly Action<ClientLogLevel, string>? _log;
    private readonly ClientSession _session;
    private readonly List<PipeLink> _links = [];
    private readonly HashSet<Task> _tasks = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly ITimer _timer;
    private readonly long _start;
    private TimeSpan _armedFor = TimeSpan.MaxValue;
    private bool _disposed;

    public ClientDriver(
        ClientSession session, IPipeConnector connector, TimeProvider time, Action<ClientLogLevel, string>? log)
    {
        _session = session;
        _connector = connector;
        _time = time;
        _log = log;
        _start = time.GetTimestamp();
        _timer = Detached(() => time.CreateTimer(
            static self => ((ClientDriver)self!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan));
    }

    /// <summary>Makes a call with its deadline on the session's clock, and submits it.</summary>
    public ClientCall Submit(TimeSpan deadline, Func<TimeSpan, ClientCall> make) =>
        Enter((session, now) =>
        {
            TimeSpan longest = CallOptions.MaxDeadline + TimeSpan.FromTicks(1);
            TimeSpan shortest = TimeSpan.Zero;
            ClientCall call = make(now + (deadline > longest ? longest : deadline < shortest ? shortest : deadline));
            session.Submit(call, now);
            return call;
        });

    public void Cancel(ClientCall call) => Enter((session, now) =>
    {
        session.Cancel(call, now);
        return true;
    });

    /// <summary>Does something with the session under the lock, and what follows from it.</summary>
    public T Enter<T>(Func<ClientSession, TimeSpan, T> action)
    {
        IReadOnlyList<LogLine> lines;
        T result;
        lock (_lock)
        {
            TimeSpan now = Now();
            result = action(_session, now);
            lines = Settle(now);
        }

        Emit(lines);
        return result;
    }

    public void Received(PipeLink link, int count) => Enter((session, now) =>
    {
        session.Received(link.Session, count, now);
        return true;
    });

    /// <summary>The next write of a link; <paramref name="close"/> when there is none and none will come.</summary>
    public int Produce(PipeLink link, byte[] batch, out bool close)
    {
        (int used, close) = Enter((session, now) =>
        {
            int count = _disposed ? 0 : session.Produce(link.Session, batch, now);
            return (count, _disposed || session.WantsClose(link.Session, now));
        });
        return used;
    }

    /// <summary>Ends all calls with cancelled, closes the pipes and waits until nothing runs any more.</summary>
    public async Task DisposeAsync()
    {
        Task[] running = Enter((session, _) =>
        {
            _disposed = true;
            session.ShutDown(StatusCode.Cancelled, "the client was disposed");
            Task[] tasks = new Task[_tasks.Count];
            _tasks.CopyTo(tasks);
            return tasks;
        });
        await _stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(running).ConfigureAwait(false);
        _timer.Dispose();
    }

    /// <summary>Nothing that the caller's execution context holds, such as its activity, stays with the client.</summary>
    private static T Detached<T>(Func<T> start)
    {
        if (ExecutionContext.IsFlowSuppressed())
        {
            return start();
        }

        using (ExecutionContext.SuppressFlow())
        {
            return start();
        }
    }

    private TimeSpan Now() => _time.GetElapsedTime(_start);

    private void OnTimer() => Enter((session, now) =>
    {
        _armedFor = TimeSpan.MaxValue;
        session.OnTime(now);
        return true;
    });

    /// <summary>Acts on what the session wants now. Under the lock.</summary>
    private IReadOnlyList<LogLine> Settle(TimeSpan now)
    {
        while (_session.NextChanged() is { } call)
        {
            call.Changed?.Invoke(call);
        }

        foreach (PipeLink link in _links)
        {
            if (_session.CloseOverdue(link.Session, now))
            {
                link.Abort();
            }
            else if (link.Session.Connection.HasOutput || _session.WantsClose(link.Session, now))
            {
                link.Wake();
            }
        }

        if (!_disposed && _session.ConnectDue(now))
        {
            _session.ConnectBegun();
            Run(ConnectAsync);
        }

        Arm(now);
        return _session.TakeLog();
    }

    private void Arm(TimeSpan now)
    {
        TimeSpan next = _session.NextTimer();
        if (_disposed || next >= _armedFor)
        {
            return;
        }

        TimeSpan wait = next <= now ? TimeSpan.Zero : next - now < _longestTimer ? next - now : _longestTimer;
        _armedFor = now + wait;
        _timer.Change(TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)), Timeout.InfiniteTimeSpan);
    }

    /// <summary>Starts a task on the thread pool that <see cref="DisposeAsync"/> waits for. Under the lock.</summary>
    private void Run(Func<Task> work)
    {
        Task task = Detached(() => Task.Run(work));
        _tasks.Add(task);
        _ = task.ContinueWith(
            ended =>
            {
                lock (_lock)
                {
                    _tasks.Remove(ended);
                }
            },
            CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    private async Task ConnectAsync()
    {
        ConnectAttempt attempt;
        try
        {
            attempt = await _connector.ConnectAsync(_stop.Token).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            attempt = new ConnectAttempt { Failure = new ConnectFailure(ConnectFailureKind.SystemError, exception.Message) };
        }

        Enter((session, now) =>
        {
            if (_disposed)
            {
                attempt.Pipe?.Dispose();
            }
            else if (attempt.Pipe is { } pipe)
            {
                var link = new PipeLink(this, session.Connected(now), pipe);
                _links.Add(link);
                Run(() => CarryAsync(link));
            }
            else
            {
                session.ConnectFailed(attempt.Failure!, now);
            }

            return true;
        });
        if (attempt.TrustedByOption is { } owner)
        {
            Emit([new LogLine(
                ClientLogLevel.Warning,
                $"the pipe's owner {owner} is trusted only because TrustedOwners or PLUGBROKER_TRUSTED_OWNERS names it")]);
        }
    }

    private async Task CarryAsync(PipeLink link)
    {
        string why;
        try
        {
            why = await link.RunAsync().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            why = $"the connection failed: {exception.GetType().Name}: {exception.Message}";
        }

        Enter((session, now) =>
        {
            _links.Remove(link);
            session.Closed(link.Session, why, now);
            return true;
        });
    }

    private void Emit(IReadOnlyList<LogLine> lines)
    {
        if (_log is null)
        {
            return;
        }

        foreach (LogLine line in lines)
        {
            try
            {
                _log(line.Level, EscapedText.Of(line.Text));
            }
            catch (Exception)
            {
                // Whoever writes a log that fails has nothing to do with the call that this thread is about.
            }
        }
    }
}
