// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using PlugBroker.Wire;

namespace PlugBroker.Worker.Channel;

/// <summary>What the REQUEST said beside its route and payload, and when it came.</summary>
internal sealed record CallDetails(TimeProvider Time, long ReceivedAt, TimeSpan Deadline)
{
    private const long TicksPerMicrosecond = 10;

    public string? ContentType { get; init; }

    public string? TraceParent { get; init; }

    public string? TraceState { get; init; }

    public string? IdempotencyKey { get; init; }

    public CallerIdentity? Caller { get; init; }

    public IReadOnlyList<KeyValuePair<string, string>> Metadata { get; init; } = AppMetadata.None;

    /// <summary>What is left of the deadline; never negative.</summary>
    public TimeSpan TimeRemaining
    {
        get
        {
            TimeSpan left = Deadline - Time.GetElapsedTime(ReceivedAt);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    public static CallDetails Of(in FrameHeader header, scoped in RequestMeta meta, TimeProvider time) =>
        new(time, time.GetTimestamp(), TimeSpan.FromTicks((long)header.DeadlineMicroseconds * TicksPerMicrosecond))
        {
            ContentType = meta.ContentType,
            TraceParent = meta.TraceParent,
            TraceState = meta.TraceState,
            IdempotencyKey = meta.IdempotencyKey,
            Caller = CallerOf(meta),
            Metadata = meta.Metadata ?? AppMetadata.None,
        };

    private static CallerIdentity? CallerOf(scoped in RequestMeta meta) =>
        string.IsNullOrEmpty(meta.CallerSid)
            ? null
            : new CallerIdentity(meta.CallerSid!)
            {
                AccountName = string.IsNullOrEmpty(meta.CallerAccount) ? null : meta.CallerAccount,
                Integrity = (CallerIntegrity?)(int?)meta.CallerIntegrity,
                SessionId = meta.CallerSession,
            };
}
