// SPDX-License-Identifier: Apache-2.0
using System;
using PlugBroker.Wire;

namespace PlugBroker.Client.Core;

/// <summary>
/// How long to wait before the next attempt to connect: at first 5 to 10 ms, doubled each time, at most 250 to 500 ms. The
/// jitter keeps the plugins of a machine from coming back all at once.
/// </summary>
internal sealed class ConnectBackoff(Random random)
{
    public static readonly TimeSpan First = TimeSpan.FromMilliseconds(10);
    public static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(500);

    private TimeSpan _step = First;

    public TimeSpan Next()
    {
        long half = _step.Ticks / 2;
        _step = TimeSpan.FromTicks(Math.Min(2 * _step.Ticks, Longest.Ticks));
        return TimeSpan.FromTicks(half + (long)(random.NextDouble() * half));
    }

    public void Reset() => _step = First;
}

/// <summary>When a call that failed is sent again.</summary>
/// <remarks>
/// Only when the failure says that no worker saw it, attempts are left and the deadline allows the wait. The wait is drawn
/// between 0 and a bound that begins at 10 ms and doubles with each attempt up to 1 s, but at least what the service asked for.
/// </remarks>
internal sealed class CallRetry(Random random)
{
    public const int MaxRetries = 5;
    public static readonly TimeSpan First = TimeSpan.FromMilliseconds(10);
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    /// <summary>The time to send it again; null when the failure is final.</summary>
    public TimeSpan? Next(EndMeta outcome, int attempts, int retriesLeft, TimeSpan deadline, TimeSpan now)
    {
        if (outcome.Status == StatusCode.Ok || outcome.Retry == RetryClass.Never || outcome.WorkerReceived || retriesLeft == 0)
        {
            return null;
        }

        int doublings = Math.Min(Math.Max(attempts - 1, 0), 10);
        long bound = Math.Min(First.Ticks << doublings, Longest.Ticks);
        TimeSpan jitter = TimeSpan.FromTicks((long)(random.NextDouble() * bound));
        TimeSpan wanted = ClientFailure.Microseconds(outcome.RetryAfterMicroseconds);
        TimeSpan at = now + (jitter > wanted ? jitter : wanted);
        return at >= deadline ? null : at;
    }
}
