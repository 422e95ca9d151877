// SPDX-License-Identifier: Apache-2.0
using System;

namespace PlugBroker.Worker;

/// <summary>What a worker can choose. The environment that PlugBroker starts it with comes before these.</summary>
public sealed class WorkerOptions
{
    /// <summary>The highest <see cref="Concurrency"/>.</summary>
    public const int MaxConcurrency = 1024;

    private int _concurrency = 1;

    /// <summary>
    /// How many calls this worker takes at once: 1 (the default) to 1,024. The service always decides it, by the pool's
    /// <c>concurrency</c> in the environment variable <c>PLUGBROKER_CONCURRENCY</c>; this one counts where that is absent:
    /// in a worker that attaches, and in tests.
    /// </summary>
    public int Concurrency
    {
        get => _concurrency;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, MaxConcurrency);
            _concurrency = value;
        }
    }

    /// <summary>
    /// Sends the caller the stack trace of a handler's exception, as far as 1,024 bytes reach, beside its type and
    /// message. Off by default: it tells callers how the worker is made.
    /// </summary>
    public bool IncludeStackTrace { get; set; }

    /// <summary>
    /// Called with the route and the exception when a handler throws anything but <see cref="CallFailedException"/> and
    /// <see cref="OperationCanceledException"/>, on the thread that ran the handler, before the call ends. What it throws
    /// is ignored.
    /// </summary>
    public Action<string, Exception>? HandlerFailed { get; set; }
}
