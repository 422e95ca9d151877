// SPDX-License-Identifier: Apache-2.0
using System;

namespace PlugBroker.Client.Pipe;

/// <summary>The time that passed while the machine was awake: a deadline doesn't pass in its sleep. Needs Windows.</summary>
internal sealed class AwakeTime : TimeProvider
{
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp()
    {
        _ = NativeMethods.QueryUnbiasedInterruptTime(out ulong hundredNanoseconds);
        return (long)hundredNanoseconds;
    }
}
