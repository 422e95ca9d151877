// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace PlugBroker.Worker.Tests;

/// <summary>A clock that stands still until a test advances it; timers ring on the thread that advances.</summary>
internal sealed class ManualTime : TimeProvider
{
    private readonly object _gate = new();
    private readonly List<Alarm> _alarms = [];
    private readonly List<(TimeSpan Due, TaskCompletionSource Created)> _waiters = [];
    private TimeSpan _now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp()
    {
        lock (_gate)
        {
            return _now.Ticks;
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var alarm = new Alarm(this, callback, state);
        alarm.Change(dueTime, period);
        return alarm;
    }

    /// <summary>Ends when a timer of that length is set, or has been.</summary>
    public Task TimerSetAsync(TimeSpan due)
    {
        lock (_gate)
        {
            if (_alarms.Any(alarm => alarm.Length == due))
            {
                return Task.CompletedTask;
            }

            var created = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((due, created));
            return created.Task.Guarded();
        }
    }

    public void Advance(TimeSpan by)
    {
        Alarm[] ringing;
        lock (_gate)
        {
            _now += by;
            ringing = [.. _alarms.Where(alarm => alarm.RingsAt <= _now)];
            _alarms.RemoveAll(alarm => alarm.RingsAt <= _now);
        }

        foreach (Alarm alarm in ringing)
        {
            alarm.Ring();
        }
    }

    private void Set(Alarm alarm, TimeSpan due)
    {
        lock (_gate)
        {
            _alarms.Remove(alarm);
            if (due == Timeout.InfiniteTimeSpan)
            {
                return;
            }

            alarm.Length = due;
            alarm.RingsAt = _now + due;
            _alarms.Add(alarm);
            foreach ((TimeSpan awaited, TaskCompletionSource created) in _waiters)
            {
                if (awaited == due)
                {
                    created.TrySetResult();
                }
            }
        }
    }

    private sealed class Alarm(ManualTime time, TimerCallback callback, object? state) : ITimer
    {
        public TimeSpan Length { get; set; }

        public TimeSpan RingsAt { get; set; }

        public void Ring() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            time.Set(this, dueTime);
            return true;
        }

        public void Dispose() => time.Set(this, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
