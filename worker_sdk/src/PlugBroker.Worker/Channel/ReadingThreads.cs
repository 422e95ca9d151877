// SPDX-License-Identifier: Apache-2.0
using System;
using System.Diagnostics.CodeAnalysis;
using System.Threading;

namespace PlugBroker.Worker.Channel;

/// <summary>What <see cref="ReadingThreads"/> do.</summary>
internal interface IReadingWork
{
    /// <summary>Waits for bytes and takes them in, and does nothing else that takes time. False: nothing is read any more.</summary>
    bool Read();

    /// <summary>What follows a read. It may take as long as it likes: then another thread reads on.</summary>
    /// <param name="turn">The turn to read that is on offer meanwhile.</param>
    void FollowUp(int turn);

    /// <summary>The thread that follows a read up has taken too long: this one reads from here on.</summary>
    void ReadingMovedOn();
}

/// <summary>
/// Threads that read a channel in turn. The one that reads follows up what it has read itself, so that nobody has to be
/// woken for it. Another watches: when a follow-up takes longer than a few milliseconds, it reads on in its place, and the
/// first one watches when it comes back.
/// </summary>
/// <remarks>
/// There is a thread that reads, one that watches, and one for each follow-up that does not return. Who watches a channel
/// on which nothing happens sleeps.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "The threads wait for the event until the process ends.")]
internal sealed class ReadingThreads(ReadingTurn turn, IReadingWork work)
{
    /// <summary>A follow-up has at least this time, and at most twice as much and what the system's clock adds.</summary>
    private static readonly TimeSpan _look = TimeSpan.FromMilliseconds(3);

    /// <summary>Looks without a new turn before the watching thread sleeps.</summary>
    private const int IdleLooks = 10;

    private readonly AutoResetEvent _wake = new(false);
    private int _watches;
    private int _sleeps;
    private volatile bool _over;

    /// <summary>Nothing has happened for a while: nobody looks at a clock.</summary>
    public bool WatcherSleeps => Volatile.Read(ref _sleeps) != 0;

    /// <summary>Reads from now on.</summary>
    public void Start() => StartThread(reads: true);

    private void StartThread(bool reads)
    {
        var thread = new Thread(() => Run(reads)) { IsBackground = true, Name = "PlugBroker channel" };
        if (ExecutionContext.IsFlowSuppressed())
        {
            thread.Start();
            return;
        }

        using (ExecutionContext.SuppressFlow())
        {
            thread.Start();
        }
    }

    private void Run(bool reads)
    {
        while (reads ? ReadUntilTaken() : Watch())
        {
            reads = !reads;
            if (!reads && Interlocked.Exchange(ref _watches, 1) != 0)
            {
                return;
            }
        }
    }

    /// <summary>True when another thread has taken the turn, false when all is over.</summary>
    private bool ReadUntilTaken()
    {
        while (work.Read())
        {
            int number = turn.Offer();
            SeeThatSomebodyWatches();
            work.FollowUp(number);
            if (!turn.TryTake(number))
            {
                return true;
            }
        }

        _over = true;
        _wake.Set();
        return false;
    }

    private void SeeThatSomebodyWatches()
    {
        if (Volatile.Read(ref _watches) == 0 && Interlocked.Exchange(ref _watches, 1) == 0)
        {
            StartThread(reads: false);
        }
        else if (Volatile.Read(ref _sleeps) != 0 && Interlocked.Exchange(ref _sleeps, 0) != 0)
        {
            _wake.Set();
        }
    }

    /// <summary>True when this thread has taken the turn, false when all is over.</summary>
    private bool Watch()
    {
        int last = turn.Last;
        int seen = 0;
        int idle = 0;
        while (!_over)
        {
            if (idle >= IdleLooks)
            {
                SleepUntilTurnAfter(last);
            }
            else
            {
                _wake.WaitOne(_look);
            }

            int offered = turn.Offered;
            if (offered != 0 && offered == seen && turn.TryTake(offered))
            {
                Volatile.Write(ref _watches, 0);
                work.ReadingMovedOn();
                return true;
            }

            seen = offered;
            idle = turn.Last == last && offered == 0 ? idle + 1 : 0;
            last = turn.Last;
        }

        return false;
    }

    private void SleepUntilTurnAfter(int last)
    {
        Interlocked.Exchange(ref _sleeps, 1);
        if (turn.Last == last && !_over)
        {
            _wake.WaitOne();
        }

        Volatile.Write(ref _sleeps, 0);
    }
}
