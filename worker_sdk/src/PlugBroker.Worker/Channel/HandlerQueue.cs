// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Threading;

namespace PlugBroker.Worker.Channel;

/// <summary>Something for a <see cref="HandlerQueue"/> to run.</summary>
internal interface IHandlerRun
{
    /// <summary>Runs the handler up to its end or its first await. Must not throw.</summary>
    void Run();
}

/// <summary>
/// Runs handlers: each in a thread of its own if need be, but as few threads as will do while handlers return, or await, at
/// once. Then waking a thread for each of many requests that came together costs more than they do.
/// </summary>
/// <remarks>
/// Handlers run on the thread that brings them, if it lends itself, with the thread pool's help if that takes long; otherwise
/// on the pool, on as many threads as there are processors. When these do not get on, as handlers keep their threads, every
/// handler that waits gets a thread of the pool, and for a while each new one at once. Threads are not bounded here but by the
/// worker's concurrency.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "The timer holds nothing while no handler waits.")]
internal sealed class HandlerQueue
{
    /// <summary>How long handlers wait for busy runners before it is looked at whether these get on.</summary>
    private static readonly TimeSpan _look = TimeSpan.FromMilliseconds(2);

    /// <summary>A handler that keeps its thread no longer than this returns at once.</summary>
    private static readonly long _atOnce = Stopwatch.Frequency / 1000;

    /// <summary>How long handlers run here one after another before the thread pool helps.</summary>
    private static readonly long _untilHelp = Stopwatch.Frequency / 2000;

    /// <summary>Handlers begun by each runner between two looks: with fewer it does not get on.</summary>
    private const int GetsOn = 20;

    /// <summary>Milliseconds in which each new handler has a thread of its own, after some had to wait.</summary>
    private const int Wary = 10_000;

    /// <summary>That time ends when, of so many handlers, no more than a quarter kept their threads.</summary>
    private const int Trial = 100;

    /// <summary>
    /// A thread that is stuck here once may just have had no processor. Handlers keep it when it is stuck again before so many
    /// have begun.
    /// </summary>
    private const int Chance = 200;

    private readonly ConcurrentQueue<IHandlerRun> _waiting = new();
    private readonly int _usual = Environment.ProcessorCount;
    private readonly bool _lent;
    private readonly Timer _timer;
    private readonly WaitCallback _runAll;
    private int _runners;
    private int _begun;
    private int _begunAtLook;
    private int _begunHere;
    private int _here;
    private int _leftForHere;
    private int _timed;
    private int _kept;
    private int _begunAtStuck = -Chance;
    private int _looking;
    private int _waryUntil = Environment.TickCount;

    /// <param name="lent">
    /// One thread at a time calls <see cref="Start"/>, and <see cref="RunHere"/> soon after; another calls
    /// <see cref="HereIsStuck"/> when that takes long.
    /// </param>
    public HandlerQueue(bool lent = false)
    {
        _lent = lent;
        _runAll = _ => RunAll();
        _timer = new Timer(static queue => ((HandlerQueue)queue!).Look(), this, Timeout.Infinite, Timeout.Infinite);
    }

    private bool IsWary => Volatile.Read(ref _waryUntil) - Environment.TickCount > 0;

    /// <summary>Never waits.</summary>
    public void Start(IHandlerRun run)
    {
        _waiting.Enqueue(run);
        if (_lent && !IsWary)
        {
            _leftForHere++;
        }
        else if (TryAddRunner())
        {
            ThreadPool.UnsafeQueueUserWorkItem(_runAll, null);
        }
        else if (Interlocked.Exchange(ref _looking, 1) == 0)
        {
            LookLater();
        }
    }

    /// <summary>Runs what this thread has started, and what else waits, on this thread, unless handlers keep theirs.</summary>
    public void RunHere()
    {
        int left = _leftForHere;
        _leftForHere = 0;
        if (left != 0 && IsWary)
        {
            AddRunners(left);
        }
        else if (left != 0)
        {
            Volatile.Write(ref _begunHere, Volatile.Read(ref _begun));
            Interlocked.Increment(ref _here);
            RunOneByOne();
            Interlocked.Decrement(ref _here);
        }
    }

    /// <summary>The thread that was in <see cref="RunHere"/>, or is about to return from it, takes long.</summary>
    public void HereIsStuck()
    {
        if (Volatile.Read(ref _here) == 0)
        {
            return;
        }

        int begun = Volatile.Read(ref _begun);
        if (begun - Volatile.Read(ref _begunHere) < GetsOn)
        {
            if (begun - Interlocked.Exchange(ref _begunAtStuck, begun) < Chance)
            {
                BeWary();
            }

            AddRunners(_waiting.Count);
        }
        else if (!_waiting.IsEmpty && TryAddRunner())
        {
            ThreadPool.UnsafeQueueUserWorkItem(_runAll, null);
        }
    }

    private void RunOneByOne()
    {
        long help = Stopwatch.GetTimestamp() + _untilHelp;
        while (_waiting.TryDequeue(out IHandlerRun? run))
        {
            if (!_waiting.IsEmpty && Stopwatch.GetTimestamp() > help && TryAddRunner())
            {
                ThreadPool.UnsafeQueueUserWorkItem(_runAll, null);
            }

            Interlocked.Increment(ref _begun);
            run.Run();
        }
    }

    private bool TryAddRunner()
    {
        while (true)
        {
            int runners = Volatile.Read(ref _runners);
            if (runners >= _usual && !IsWary)
            {
                return false;
            }

            if (Interlocked.CompareExchange(ref _runners, runners + 1, runners) == runners)
            {
                return true;
            }
        }
    }

    private void RunAll()
    {
        do
        {
            while (_waiting.TryDequeue(out IHandlerRun? run))
            {
                Interlocked.Increment(ref _begun);
                if (IsWary)
                {
                    RunTimed(run);
                }
                else
                {
                    run.Run();
                }
            }

            Interlocked.Decrement(ref _runners);
        }
        while (!_waiting.IsEmpty && TryAddRunner());
    }

    private void RunTimed(IHandlerRun run)
    {
        long began = Stopwatch.GetTimestamp();
        run.Run();
        if (Stopwatch.GetTimestamp() - began > _atOnce)
        {
            Interlocked.Increment(ref _kept);
        }

        if (Interlocked.Increment(ref _timed) == Trial)
        {
            if (Volatile.Read(ref _kept) <= Trial / 4)
            {
                Volatile.Write(ref _waryUntil, Environment.TickCount);
            }

            StartTrial();
        }
    }

    private void BeWary()
    {
        StartTrial();
        Volatile.Write(ref _waryUntil, Environment.TickCount + Wary);
    }

    private void StartTrial()
    {
        Volatile.Write(ref _kept, 0);
        Volatile.Write(ref _timed, 0);
    }

    private void AddRunners(int count)
    {
        for (int missing = count; missing > 0; missing--)
        {
            Interlocked.Increment(ref _runners);
            ThreadPool.UnsafeQueueUserWorkItem(_runAll, null);
        }
    }

    private void Look()
    {
        if (_waiting.IsEmpty)
        {
            Volatile.Write(ref _looking, 0);
            // One that came in between has seen that somebody was looking.
            if (_waiting.IsEmpty || Interlocked.Exchange(ref _looking, 1) != 0)
            {
                return;
            }
        }
        else if (Volatile.Read(ref _begun) - _begunAtLook < GetsOn * _usual)
        {
            BeWary();
            AddRunners(_waiting.Count);
        }

        LookLater();
    }

    private void LookLater()
    {
        _begunAtLook = Volatile.Read(ref _begun);
        _timer.Change(_look, Timeout.InfiniteTimeSpan);
    }
}
