// SPDX-License-Identifier: Apache-2.0
using System;
using System.Threading;

namespace PlugBroker.Worker.Channel;

/// <summary>
/// Finds the thread that writes to a channel. One at a time does, and writes all there is; what comes meanwhile leaves with
/// its next write. A thread that ends a call, or that reads, writes what it caused itself, which saves waking another for
/// it; for all others the thread pool does.
/// </summary>
/// <param name="turns">Who collects for a turn to read stops so when another thread has taken the turn.</param>
/// <param name="write">Writes all there is. Never runs twice at once, as nobody wakes a writer that writes.</param>
internal sealed class WriterTurn(ReadingTurn turns, Action write)
{
    [ThreadStatic]
    private static bool _holding;

    [ThreadStatic]
    private static WriterTurn? _held;

    [ThreadStatic]
    private static WriterTurn? _collects;

    /// <summary>The turn that is on offer while this thread collects; 0 when none is yet.</summary>
    [ThreadStatic]
    private static int _offered;

    private readonly WaitCallback _writeLater = _ => write();
    private int _collected;

    /// <summary>From here to <see cref="Release"/>, a few instructions, what this thread wakes is held back.</summary>
    public static void Hold() => _holding = true;

    /// <summary>Writes, on this thread, if it has woken a writer since <see cref="Hold"/>. Not inside a lock.</summary>
    public static void Release()
    {
        _holding = false;
        WriterTurn? held = _held;
        _held = null;
        held?._writeLater(null);
    }

    /// <summary>There is something to write and nobody writes. Returns at once.</summary>
    public void Wake()
    {
        if (_collects == this)
        {
            Interlocked.Exchange(ref _collected, 1);
            if (_offered == 0 || turns.Offered == _offered || Interlocked.Exchange(ref _collected, 0) == 0)
            {
                return;
            }
        }

        if (_holding)
        {
            _held = this;
        }
        else
        {
            ThreadPool.UnsafeQueueUserWorkItem(_writeLater, null);
        }
    }

    /// <summary>For the thread that reads: what it wakes is collected until <see cref="StopCollecting"/>.</summary>
    public void Collect() => _collects = this;

    /// <summary>The same for a turn that is on offer: who takes it calls <see cref="WriteCollected"/>.</summary>
    public static void CollectFor(int turn) => _offered = turn;

    public static void StopCollecting()
    {
        _collects = null;
        _offered = 0;
    }

    /// <summary>Writes what was collected, by whomever.</summary>
    public void WriteCollected()
    {
        if (Volatile.Read(ref _collected) != 0 && Interlocked.Exchange(ref _collected, 0) != 0)
        {
            write();
        }
    }
}
