// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;

namespace PlugBroker.Worker.Testing;

/// <summary>What a call says beside its route and payload.</summary>
public sealed class TestCallOptions
{
    /// <summary>The time the call has; 30 seconds when not set.</summary>
    public TimeSpan Deadline { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>What the payload is.</summary>
    public string? ContentType { get; set; }

    /// <summary>The W3C <c>traceparent</c> of the caller.</summary>
    public string? TraceParent { get; set; }

    /// <summary>The W3C <c>tracestate</c> of the caller.</summary>
    public string? TraceState { get; set; }

    /// <summary>The same for each attempt of one call.</summary>
    public string? IdempotencyKey { get; set; }

    /// <summary>Who calls.</summary>
    public CallerIdentity? Caller { get; set; }

    /// <summary>The SID of <see cref="Caller"/>. Setting it makes a caller of whom nothing else is known.</summary>
    public string? CallerSid
    {
        get => Caller?.Sid;
        set => Caller = value is null ? null : new CallerIdentity(value);
    }

    /// <summary>The application's own keys and values.</summary>
    public IReadOnlyList<KeyValuePair<string, string>>? Metadata { get; set; }
}
