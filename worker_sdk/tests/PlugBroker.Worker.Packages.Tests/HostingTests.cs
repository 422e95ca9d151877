// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PlugBroker.Worker.Hosting;
using PlugBroker.Worker.Testing;

namespace PlugBroker.Worker.Packages.Tests;

public sealed class HostingTests
{
    private readonly TaskCompletionSource<WorkerTestHost> _serving = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<int> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly StringWriter _log = new();
    private readonly StringWriter _output = new();
    private WorkerOptions? _options;

    [Fact]
    public async Task Handlers_come_from_the_container_and_options_from_the_configuration()
    {
        using IHost host = Build(worker => worker.Map<Greeter>("greet").MapStream<Echo>("echo"));
        await host.StartAsync();
        WorkerTestHost worker = await _serving.Task.Guarded();

        TestReply reply = await worker.CallAsync("greet", "you"u8.ToArray());
        TestReply echo = await worker.CallAsync("echo", "me"u8.ToArray());

        Assert.Equal(("Good day, you", "me"), (reply.ReadText(), echo.ReadText()));
        Assert.Equal(5, _options!.Concurrency);
        await host.StopAsync().Guarded();
    }

    [Fact]
    public async Task The_host_stops_when_the_worker_has_ended()
    {
        using IHost host = Build(worker => worker.Map<Greeter>("greet"));
        await host.StartAsync();
        await _serving.Task.Guarded();

        _ended.SetResult(WorkerExitCode.Finished);

        await host.WaitForShutdownAsync().Guarded();
    }

    [Fact]
    public async Task The_worker_drains_when_the_host_stops()
    {
        using IHost host = Build(worker => worker.Map<Greeter>("greet"));
        await host.StartAsync();
        await _serving.Task.Guarded();

        await host.StopAsync().Guarded();

        Assert.True(_ended.Task.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task The_health_check_follows_the_worker()
    {
        using IHost host = Build(worker => worker.Map<Greeter>("greet"));
        HealthCheckService health = host.Services.GetRequiredService<HealthCheckService>();
        HealthStatus before = (await health.CheckHealthAsync()).Status;
        await host.StartAsync();
        await _serving.Task.Guarded();
        HealthStatus serving = (await health.CheckHealthAsync()).Status;
        await host.StopAsync().Guarded();
        HealthStatus after = (await health.CheckHealthAsync()).Status;

        Assert.Equal((HealthStatus.Degraded, HealthStatus.Healthy, HealthStatus.Unhealthy), (before, serving, after));
    }

    [Fact]
    public async Task A_handlers_exception_is_one_line_of_the_log()
    {
        using IHost host = Build(worker => worker.Routes(routes => routes.Map("odd", Reply (_) => throw new InvalidOperationException("odd\nor even"))));
        await host.StartAsync();
        WorkerTestHost worker = await _serving.Task.Guarded();

        await worker.CallAsync("odd");
        await host.StopAsync().Guarded();

        string line = Assert.Single(_log.ToString().Split('\n'), line => line.Contains("odd", StringComparison.Ordinal));
        Assert.StartsWith("error PlugBroker.Worker.Hosting.WorkerService: The handler of odd failed.", line, StringComparison.Ordinal);
        Assert.Contains("or even", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(WorkerExitCode.Finished, false)]
    [InlineData(WorkerExitCode.ChannelBroken, true)]
    public async Task Only_a_warning_or_worse_goes_where_it_is_logged_as_one(int exitCode, bool bad)
    {
        using IHost host = Build(worker => worker.Map<Greeter>("greet"));
        await host.StartAsync();
        await _serving.Task.Guarded();

        _ended.SetResult(exitCode);
        await host.WaitForShutdownAsync().Guarded();

        string said = $"WorkerService: The worker has ended with exit code {exitCode}.";
        Assert.Equal((!bad, bad), (
            _output.ToString().Contains("information PlugBroker.Worker.Hosting." + said, StringComparison.Ordinal),
            _log.ToString().Contains("error PlugBroker.Worker.Hosting." + said, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Started_by_hand_the_host_ends_with_64()
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddPlugBrokerWorker(worker => worker.Map<Greeter>("greet"));
        int before = Environment.ExitCode;
        using IHost host = builder.Build();

        await host.RunAsync().Guarded();
        int code = Environment.ExitCode;
        Environment.ExitCode = before;

        Assert.Equal(WorkerExitCode.NotStartedByPlugBroker, code);
    }

    private IHost Build(Action<PlugBrokerWorkerBuilder> configure)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Worker:Concurrency"] = "5" });
        builder.Services.Configure<WorkerOptions>(builder.Configuration.GetSection("Worker"));
        builder.Services.AddSingleton<ILoggerProvider>(new WorkerLoggerProvider(_output, _log));
        builder.Services.AddSingleton(new Greeting("Good day"));
        builder.Services.AddSingleton(new WorkerState { Run = RunAsync });
        builder.Services.AddPlugBrokerWorker(configure);
        return builder.Build();
    }

    /// <summary>Serves without PlugBroker.</summary>
    private async Task<int> RunAsync(WorkerOptions options, Action<RouteTable> map, CancellationToken stop)
    {
        _options = options;
        await using WorkerTestHost host = WorkerTestHost.Create(map, new WorkerTestOptions { Worker = options });
        using (stop.Register(() => _ended.TrySetResult(WorkerExitCode.Finished)))
        {
            _serving.SetResult(host);
            return await _ended.Task;
        }
    }

    internal sealed record Greeting(string Words);

    internal sealed class Greeter(Greeting greeting) : IRequestHandler
    {
        public ValueTask<Reply> HandleAsync(Request request, CancellationToken cancellationToken) =>
            new(Reply.Text($"{greeting.Words}, {request.ReadText()}"));
    }

    internal sealed class Echo : IStreamHandler
    {
        public IAsyncEnumerable<ReadOnlyMemory<byte>> HandleAsync(StreamRequest request, CancellationToken cancellationToken) =>
            request.Messages;
    }
}
