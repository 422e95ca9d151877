// SPDX-License-Identifier: Apache-2.0
using PlugBroker.Wire;

namespace PlugBroker.Worker.Channel;

/// <summary>Decides at its first frame whether a call is taken. Of several faults the first told is that of docs/PROTOCOL.md.</summary>
internal static class Admission
{
    /// <summary>Why the call is not taken; null when it is.</summary>
    /// <param name="header">The REQUEST's header.</param>
    /// <param name="meta">The REQUEST's metadata.</param>
    /// <param name="routes">What this worker serves.</param>
    /// <param name="draining">One side has said GOAWAY.</param>
    /// <param name="hasFreeSlot">Fewer calls are open than the worker's concurrency.</param>
    public static EndMeta? Refusal(
        in FrameHeader header, in RequestMeta meta, RouteTable routes, bool draining, bool hasFreeSlot)
    {
        if (!hasFreeSlot)
        {
            return new EndMeta(StatusCode.ResourceExhausted, "The worker has as many calls as it takes.", RetryClass.Safe);
        }

        if (meta.HasUnknownCritical)
        {
            return new EndMeta(StatusCode.Unimplemented, "The request has an unknown TLV that is marked critical.");
        }

        if (!RouteName.IsValid(meta.Route))
        {
            return new EndMeta(StatusCode.InvalidArgument, "The route's name is not valid.");
        }

        if (header.DeadlineMicroseconds is 0 or > WireLimits.MaxDeadlineMicroseconds)
        {
            return new EndMeta(StatusCode.InvalidArgument, "The deadline is outside 1 microsecond to 24 hours.");
        }

        if (draining)
        {
            return new EndMeta(StatusCode.Unavailable, "The worker is finishing.", RetryClass.Safe) { WorkerReceived = false };
        }

        return routes.Find(meta.Route) is null
            ? new EndMeta(StatusCode.NotFound, "The worker does not serve this route.")
            : null;
    }
}
