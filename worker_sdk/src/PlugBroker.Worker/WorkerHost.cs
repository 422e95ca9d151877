// SPDX-License-Identifier: Apache-2.0
using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using PlugBroker.Worker.Channel;

namespace PlugBroker.Worker;

/// <summary>The whole of a worker's Main.</summary>
/// <example>
/// <code>
/// using PlugBroker.Worker;
///
/// return await WorkerHost.RunAsync(args, routes => routes
///     .Map("echo", request => Reply.Bytes(request.Payload)));
/// </code>
/// </example>
public static class WorkerHost
{
    /// <summary>Serves the routes, one call at a time, until PlugBroker ends the worker.</summary>
    /// <param name="args">The program's arguments; none has a meaning yet.</param>
    /// <param name="map">Maps the routes: at least one.</param>
    /// <returns>A <see cref="WorkerExitCode"/>, which is also set as <see cref="Environment.ExitCode"/>.</returns>
    public static Task<int> RunAsync(string[] args, Action<RouteTable> map) => RunAsync(args, new WorkerOptions(), map);

    /// <summary>Serves the routes until PlugBroker ends the worker, or the worker stops itself.</summary>
    /// <param name="args">The program's arguments; none has a meaning yet.</param>
    /// <param name="options">What the worker chooses.</param>
    /// <param name="map">Maps the routes: at least one.</param>
    /// <param name="stop">
    /// When it fires, the worker takes no more calls, finishes those it has and ends. PlugBroker gives its calls to others
    /// and starts another worker in its place; no call is lost.
    /// </param>
    /// <returns>A <see cref="WorkerExitCode"/>, which is also set as <see cref="Environment.ExitCode"/>.</returns>
    /// <exception cref="InvalidOperationException">No route was mapped.</exception>
    public static async Task<int> RunAsync(
        string[] args, WorkerOptions options, Action<RouteTable> map, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(args);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(map);
        Environment.ExitCode = await StartAsync(options, map, InheritedChannel.Open, stop).ConfigureAwait(false);
        return Environment.ExitCode;
    }

    /// <summary>As RunAsync, with the opening of the channel to be replaced, and no trace in the process.</summary>
    internal static async Task<int> StartAsync(
        WorkerOptions options, Action<RouteTable> map, Func<nint, IByteChannel> open, CancellationToken stop = default)
    {
        TextWriter log = Console.Error;
        string? mistake = WorkerEnvironment.TryRead(Environment.GetEnvironmentVariable, out WorkerEnvironment environment);
        if (mistake is not null)
        {
            await log.WriteLineAsync($"PlugBroker.Worker: {mistake}").ConfigureAwait(false);
            return WorkerExitCode.NotStartedByPlugBroker;
        }

        Environment.SetEnvironmentVariable(WorkerEnvironment.ChannelVariable, null);
        Environment.SetEnvironmentVariable(WorkerEnvironment.AttachVariable, null);
        IByteChannel channel;
        try
        {
            channel = environment.AttachPool is { } pool
                ? await AttachedChannel.OpenAsync(pool, log, stop).ConfigureAwait(false)
                : open(environment.ChannelHandle);
        }
        catch (IOException exception)
        {
            await log.WriteLineAsync($"PlugBroker.Worker: {exception.Message}").ConfigureAwait(false);
            return WorkerExitCode.ChannelBroken;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return WorkerExitCode.Finished;
        }

        var routes = new RouteTable();
        map(routes);
        if (routes.Routes.Count == 0)
        {
            throw new InvalidOperationException("A worker must map at least one route.");
        }

        int concurrency = environment.Concurrency ?? options.Concurrency;
        KeepThreadsForTheChannel(concurrency);
        var report = new FailureReport(options.IncludeStackTrace, options.HandlerFailed);
        var runner = new ChannelRunner(channel, routes, concurrency, TimeProvider.System, log, report);
        return await runner.RunAsync(stop).ConfigureAwait(false);
    }

    /// <summary>
    /// Lets the thread pool start a thread for each handler that blocks and still have its usual number, so that pings
    /// are answered and cancellation arrives whatever the handlers do.
    /// </summary>
    private static void KeepThreadsForTheChannel(int concurrency)
    {
        ThreadPool.GetMinThreads(out int workers, out int completionPorts);
        ThreadPool.SetMinThreads(Math.Max(workers, Environment.ProcessorCount + concurrency), completionPorts);
    }
}
