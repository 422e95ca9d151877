// SPDX-License-Identifier: Apache-2.0
using System;
using System.Globalization;
using System.Linq;
using PlugBroker.Wire;

namespace PlugBroker.Worker.Channel;

/// <summary>What PlugBroker tells a worker through its environment.</summary>
/// <param name="ChannelHandle">The inherited handle of the channel; 0 when the worker is to attach.</param>
/// <param name="Concurrency">Overrides the program's own choice; null when not set.</param>
/// <param name="AttachPool">The pool to attach to, when the worker's author started it; null otherwise.</param>
internal readonly record struct WorkerEnvironment(nint ChannelHandle, int? Concurrency, string? AttachPool = null)
{
    public const string ChannelVariable = "PLUGBROKER_CHANNEL";
    public const string AttachVariable = "PLUGBROKER_ATTACH";
    public const string ConcurrencyVariable = "PLUGBROKER_CONCURRENCY";

    /// <summary>Reads the variables by <paramref name="get"/>.</summary>
    /// <param name="get">Returns a variable's value, or null.</param>
    /// <param name="environment">Filled when all is well.</param>
    /// <returns>Null, or a sentence for people on what is wrong.</returns>
    public static string? TryRead(Func<string, string?> get, out WorkerEnvironment environment)
    {
        environment = default;
        string? channel = get(ChannelVariable);
        string? pool = string.IsNullOrEmpty(channel) ? get(AttachVariable) : null;
        long handle = 0;
        if (string.IsNullOrEmpty(channel) && string.IsNullOrEmpty(pool))
        {
            return "this program is a PlugBroker worker: the PlugBroker service starts it. "
                + $"({ChannelVariable} is not set, so there is nobody to talk to. To run it by hand, start "
                + $"'plugbroker-service console --attach POOL' and set {AttachVariable}=POOL.)";
        }

        if (!string.IsNullOrEmpty(pool) && !IsPoolName(pool!))
        {
            return $"{AttachVariable} is not a pool's name: 1 to 64 characters of A-Z a-z 0-9 . _ -";
        }

        if (!string.IsNullOrEmpty(channel)
            && (!long.TryParse(channel, NumberStyles.None, CultureInfo.InvariantCulture, out handle) || handle == 0))
        {
            return $"{ChannelVariable} is not the number of a handle.";
        }

        string? concurrency = get(ConcurrencyVariable);
        if (string.IsNullOrEmpty(concurrency))
        {
            environment = new WorkerEnvironment((nint)handle, null, pool);
            return null;
        }

        if (!int.TryParse(concurrency, NumberStyles.None, CultureInfo.InvariantCulture, out int count)
            || count is < 1 or > WireLimits.MaxConcurrency)
        {
            return $"{ConcurrencyVariable} is not a number from 1 to 1024.";
        }

        environment = new WorkerEnvironment((nint)handle, count, pool);
        return null;
    }

    private static bool IsPoolName(string pool) =>
        pool.Length <= 64
        && pool.All(c => c is (>= 'A' and <= 'Z') or (>= 'a' and <= 'z') or (>= '0' and <= '9') or '.' or '_' or '-');
}
