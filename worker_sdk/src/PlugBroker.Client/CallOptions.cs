// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;

namespace PlugBroker.Client;

/// <summary>What is said of one call beside its route and its messages. It may be used for many calls.</summary>
public sealed class CallOptions
{
    /// <summary>The time that a call has when nothing is said: 30 seconds.</summary>
    public static TimeSpan DefaultDeadline { get; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest deadline: 24 hours.</summary>
    public static TimeSpan MaxDeadline { get; } = TimeSpan.FromDays(1);

    /// <summary>How long the call may take from now on, 1 microsecond to 24 hours. It ends by then, whatever happens.</summary>
    public TimeSpan Deadline { get; set; } = DefaultDeadline;

    /// <summary>The application's keys and values for the worker: at most 32, and 4,096 bytes together.</summary>
    public IReadOnlyList<KeyValuePair<string, string>>? Metadata { get; set; }

    /// <summary>What the payload is, at most 255 bytes. PlugBroker doesn't read it.</summary>
    public string? ContentType { get; set; }

    /// <summary>The caller's name for what the call does, the same when it makes the call again; 1 to 64 bytes.</summary>
    public string? IdempotencyKey { get; set; }

    /// <summary>
    /// How often the call may be sent again after a failure that no worker can have seen, within the deadline: 0 (off) to
    /// 5. Only a request of at most 64 KiB is sent again.
    /// </summary>
    public int RetryAttempts { get; set; }

    /// <summary>Waits until the deadline for a service that is not installed, stopped or starting.</summary>
    public bool WaitForReady { get; set; }
}
