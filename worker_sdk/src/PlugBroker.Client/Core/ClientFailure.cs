// SPDX-License-Identifier: Apache-2.0
using System;
using PlugBroker.Wire;

namespace PlugBroker.Client;

/// <summary>Outcomes that this library decides by itself, and the wire's unit of time.</summary>
internal static class ClientFailure
{
    public const long TicksPerMicrosecond = TimeSpan.TicksPerMillisecond / 1000;

    public static EndMeta Make(
        StatusCode status, string message, RetryClass retry = RetryClass.Never, bool received = false) =>
        new(status, message, retry) { Origin = EndOrigin.Client, WorkerReceived = received };

    /// <summary>The same words as the C client's.</summary>
    public static string TooLarge(string what, long limitBytes) =>
        FormattableString.Invariant($"{what} is larger than the {limitBytes} bytes that one may have");

    public static TimeSpan Microseconds(ulong count) => TimeSpan.FromTicks((long)count * TicksPerMicrosecond);
}
