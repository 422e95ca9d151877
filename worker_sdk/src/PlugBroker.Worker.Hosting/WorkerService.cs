// SPDX-License-Identifier: Apache-2.0
using System;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace PlugBroker.Worker.Hosting;

/// <summary>Runs the worker as long as the host, and the host as long as the worker.</summary>
internal sealed partial class WorkerService(
    PlugBrokerWorkerBuilder builder, IServiceProvider services, IOptions<WorkerOptions> options, WorkerState state,
    IHostApplicationLifetime lifetime, ILogger<WorkerService> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        WorkerOptions worker = options.Value;
        Action<string, Exception>? others = worker.HandlerFailed;
        var own = new WorkerOptions
        {
            Concurrency = worker.Concurrency,
            IncludeStackTrace = worker.IncludeStackTrace,
            HandlerFailed = (route, exception) =>
            {
                LogHandlerFailed(logger, route, exception);
                others?.Invoke(route, exception);
            },
        };
        int code = WorkerExitCode.ChannelBroken;
        try
        {
            code = await state.Run(own, Map, stoppingToken).ConfigureAwait(false);
        }
        finally
        {
            state.ExitCode = code;
            LogEnded(logger, code == WorkerExitCode.Finished ? LogLevel.Information : LogLevel.Error, code);
            lifetime.StopApplication();
        }
    }

    private void Map(RouteTable routes)
    {
        builder.Apply(services, routes);
        state.Serves = true;
    }

    [LoggerMessage(1, LogLevel.Error, "The handler of {Route} failed.")]
    private static partial void LogHandlerFailed(ILogger logger, string route, Exception exception);

    [LoggerMessage(EventId = 2, Message = "The worker has ended with exit code {ExitCode}.")]
    private static partial void LogEnded(ILogger logger, LogLevel level, int exitCode);
}
