// SPDX-License-Identifier: Apache-2.0
using System;
using System.Threading;
using System.Threading.Tasks;
using PlugBroker.Wire;

namespace PlugBroker.Worker.Testing;

/// <summary>
/// Runs a worker's handlers in this process, without PlugBroker: by the same code as in a worker, with the same limits,
/// flow control, errors, cancellation and deadlines.
/// </summary>
/// <example>
/// <code>
/// await using WorkerTestHost host = WorkerTestHost.Create(routes => routes
///     .Map("echo", request => Reply.Bytes(request.Payload)));
/// TestReply reply = await host.CallAsync("echo", payload);
/// </code>
/// </example>
public sealed class WorkerTestHost : IAsyncDisposable
{
    private readonly TimeProvider _time;

    private WorkerTestHost(RouteTable routes, WorkerTestOptions options)
    {
        _time = options.Time;
        Connection = new TestConnection(routes, options);
    }

    internal TestConnection Connection { get; }

    /// <summary>Makes a worker and waits for nothing.</summary>
    /// <param name="map">Maps the routes: at least one.</param>
    /// <param name="options">How the handlers are run; those of a worker by default.</param>
    /// <exception cref="InvalidOperationException">No route was mapped.</exception>
    public static WorkerTestHost Create(Action<RouteTable> map, WorkerTestOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(map);
        var routes = new RouteTable();
        map(routes);
        return routes.Routes.Count == 0
            ? throw new InvalidOperationException("A worker must map at least one route.")
            : new WorkerTestHost(routes, options ?? new WorkerTestOptions());
    }

    /// <summary>Calls a route with one message and takes one as the reply.</summary>
    /// <param name="route">The route.</param>
    /// <param name="payload">The request.</param>
    /// <param name="options">What else the call says.</param>
    /// <param name="cancellationToken">Gives the call up: it ends with <see cref="StatusCode.Cancelled"/>.</param>
    /// <returns>How the call ended; a failure is a reply too.</returns>
    public async Task<TestReply> CallAsync(
        string route, ReadOnlyMemory<byte> payload = default, TestCallOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        TestCall call = await BeginAsync(route, payload, options, cancellationToken).ConfigureAwait(false);
        using (cancellationToken.Register(
            () => Connection.GiveUp(call, StatusCode.Cancelled, "The caller cancelled the call.")))
        {
            if (!call.HalfClosed)
            {
                await Connection.SendAsync(call, payload, last: true, CancellationToken.None).ConfigureAwait(false);
            }

            return await ReplyAsync(call).ConfigureAwait(false);
        }
    }

    /// <summary>Begins a call whose request and reply are streams of messages.</summary>
    /// <param name="route">The route.</param>
    /// <param name="options">What else the call says.</param>
    /// <param name="cancellationToken">Stops waiting for the worker to have room for the call.</param>
    public async Task<TestStreamCall> OpenStreamAsync(
        string route, TestCallOptions? options = null, CancellationToken cancellationToken = default) =>
        new(this, await BeginAsync(route, null, options, cancellationToken).ConfigureAwait(false));

    /// <summary>Ends as when PlugBroker goes away: the handlers' tokens fire. Waits until they have returned.</summary>
    public async ValueTask DisposeAsync()
    {
        await Connection.BreakAsync().ConfigureAwait(false);
        await Connection.Pump.ConfigureAwait(false);
        Connection.Dispose();
    }

    internal async Task<TestReply> ReplyAsync(TestCall call)
    {
        EndMeta end = await call.Ended.ConfigureAwait(false);
        bool hasPayload = call.TakesOneMessage && end.Status == StatusCode.Ok;
        byte[]? payload = hasPayload
            ? await Connection.ReadAsync(call, CancellationToken.None).ConfigureAwait(false)
            : null;
        return new TestReply(end, payload ?? []);
    }

    private async Task<TestCall> BeginAsync(
        string route, ReadOnlyMemory<byte>? payload, TestCallOptions? options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(route);
        options ??= new TestCallOptions();
        TestCall call = await Connection.BeginAsync(route, payload, options, cancellationToken).ConfigureAwait(false);
        ITimer timer = _time.CreateTimer(
            _ => Connection.GiveUp(call, StatusCode.DeadlineExceeded, "The deadline passed."), null,
            TimeSpan.FromMilliseconds(Math.Ceiling(options.Deadline.TotalMilliseconds)), Timeout.InfiniteTimeSpan);
        _ = call.Ended.ContinueWith(
            _ => timer.Dispose(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        return call;
    }
}
