// SPDX-License-Identifier: Apache-2.0
using System;
using System.Diagnostics;

namespace PlugBroker.Worker.Channel;

/// <summary>Makes the caller's trace the parent of what a handler does.</summary>
/// <remarks>Listeners are the program's code: what they throw is passed over, and the call goes on.</remarks>
internal static class CallTracing
{
    private const string CallName = "PlugBroker.Worker.Call";

    private static readonly ActivitySource _source = new("PlugBroker.Worker");

    /// <summary>
    /// Starts the activity of a call. When nobody listens there is one all the same if the caller sent a trace, so that
    /// <see cref="Activity.Current"/> has its id.
    /// </summary>
    public static Activity? Start(string route, CallDetails details)
    {
        try
        {
            return StartActivity(route, details);
        }
        catch (Exception)
        {
            return null;
        }
    }

    public static void Stop(Activity? activity)
    {
        try
        {
            activity?.Dispose();
        }
        catch (Exception)
        {
        }
    }

    private static Activity? StartActivity(string route, CallDetails details)
    {
        _ = ActivityContext.TryParse(details.TraceParent, details.TraceState, out ActivityContext parent);
        Activity? activity = _source.HasListeners()
            ? _source.StartActivity(CallName, ActivityKind.Server, parent)
            : null;
        if (activity is null && parent.TraceId != default)
        {
            activity = new Activity(CallName)
                .SetParentId(parent.TraceId, parent.SpanId, parent.TraceFlags)
                .Start();
            activity.TraceStateString = parent.TraceState;
        }

        if (activity is not null)
        {
            activity.DisplayName = route;
            activity.SetTag("plugbroker.route", route);
        }

        return activity;
    }
}
