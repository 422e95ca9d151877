// SPDX-License-Identifier: Apache-2.0
using System;

namespace PlugBroker.Worker.Testing;

/// <summary>How a <see cref="WorkerTestHost"/> runs its handlers.</summary>
public sealed class WorkerTestOptions
{
    /// <summary>The worker's own options.</summary>
    public WorkerOptions Worker { get; set; } = new();

    /// <summary>Runs the deadlines.</summary>
    public TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>The largest message of a reply, in bytes, that is taken; 64 MiB when not set.</summary>
    public int MaxPayload { get; set; } = 64 * 1024 * 1024;
}
