// SPDX-License-Identifier: Apache-2.0
using System;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using PlugBroker.Worker.Hosting;

#pragma warning disable IDE0130 // Where registrations are looked for.
namespace Microsoft.Extensions.Hosting;
#pragma warning restore IDE0130

/// <summary>Adds a PlugBroker worker to a host.</summary>
public static class PlugBrokerWorkerServices
{
    /// <summary>
    /// Adds a worker that serves while the host runs; the host stops when PlugBroker ends the worker, and the process's
    /// exit code is then a <see cref="PlugBroker.Worker.WorkerExitCode"/>. When the host stops first, the worker takes no more
    /// calls and finishes those it has. Log lines go to standard error, from where PlugBroker takes them.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Says what the worker serves: at least one route.</param>
    /// <returns>The same services, so that calls can be chained.</returns>
    public static IServiceCollection AddPlugBrokerWorker(
        this IServiceCollection services, Action<PlugBrokerWorkerBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        var builder = new PlugBrokerWorkerBuilder(services);
        configure(builder);
        services.AddOptions();
        services.AddLogging(logging => logging.Services.TryAddEnumerable(
            ServiceDescriptor.Singleton<ILoggerProvider, WorkerLoggerProvider>()));
        services.TryAddSingleton<WorkerState>();
        services.AddSingleton(builder);
        services.AddHostedService<WorkerService>();
        services.AddHealthChecks().AddCheck<WorkerHealthCheck>("plugbroker_worker");
        return services;
    }
}
