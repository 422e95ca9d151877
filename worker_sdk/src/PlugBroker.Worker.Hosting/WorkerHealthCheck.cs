// SPDX-License-Identifier: Apache-2.0
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace PlugBroker.Worker.Hosting;

/// <summary>Healthy while the worker serves; degraded before; unhealthy once it has ended.</summary>
internal sealed class WorkerHealthCheck(WorkerState state) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(state switch
        {
            { ExitCode: { } code } => HealthCheckResult.Unhealthy($"The worker has ended with exit code {code}."),
            { Serves: true } => HealthCheckResult.Healthy("The worker serves."),
            _ => HealthCheckResult.Degraded("The worker does not serve yet."),
        });
}
