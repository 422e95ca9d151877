// SPDX-License-Identifier: Apache-2.0
using System;
using System.Threading;
using System.Threading.Tasks;

namespace PlugBroker.Worker.Hosting;

/// <summary>How far the worker is, for the health check.</summary>
internal sealed class WorkerState
{
    private const int NotEnded = -1;

    private volatile int _exitCode = NotEnded;
    private volatile bool _serves;

    /// <summary>Runs the worker: a seam, since a test has no channel to inherit.</summary>
    public Func<WorkerOptions, Action<RouteTable>, CancellationToken, Task<int>> Run { get; init; } =
        static (options, map, stop) => WorkerHost.RunAsync([], options, map, stop);

    /// <summary>It has its routes and its channel.</summary>
    public bool Serves
    {
        get => _serves;
        set => _serves = value;
    }

    /// <summary>How it ended; null while it has not.</summary>
    public int? ExitCode
    {
        get => _exitCode == NotEnded ? null : _exitCode;
        set => _exitCode = value ?? NotEnded;
    }
}
