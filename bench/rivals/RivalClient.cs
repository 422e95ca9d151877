// SPDX-License-Identifier: Apache-2.0
using System;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace PlugBroker.Bench.Rivals;

/// <summary>
/// What a rival's client does when it is told to, a line at a time: <c>latency SIZE CALLS</c> is answered with the
/// microseconds of each call, <c>throughput SIZE CALLS_IN_FLIGHT MILLISECONDS</c> with the number of calls and the
/// microseconds they took. It says <c>ready</c> first, and ends with its input.
/// </summary>
internal static class RivalClient
{
    private const int WarmUpCalls = 200;

    /// <param name="call">Echoes its argument and returns the reply's length.</param>
    public static async Task RunAsync(Func<byte[], Task<int>> call)
    {
        await LatencyAsync(call, 64, WarmUpCalls).ConfigureAwait(false);
        Console.WriteLine("ready");
        while (Console.ReadLine() is { } line)
        {
            int[] numbers = line.Trim().Split(' ').Skip(1)
                .Select(word => int.Parse(word, CultureInfo.InvariantCulture)).ToArray();
            Console.WriteLine(line.StartsWith("latency", StringComparison.Ordinal)
                ? await LatencyAsync(call, numbers[0], numbers[1]).ConfigureAwait(false)
                : await ThroughputAsync(call, numbers[0], numbers[1], numbers[2]).ConfigureAwait(false));
        }
    }

    private static async Task<string> LatencyAsync(Func<byte[], Task<int>> call, int size, int calls)
    {
        byte[] request = new byte[size];
        var samples = new long[calls];
        for (int i = 0; i < calls; i++)
        {
            long begin = Stopwatch.GetTimestamp();
            await CallAsync(call, request).ConfigureAwait(false);
            samples[i] = (long)Stopwatch.GetElapsedTime(begin).TotalMicroseconds;
        }

        return string.Join(' ', samples.Select(sample => sample.ToString(CultureInfo.InvariantCulture)));
    }

    private static async Task<string> ThroughputAsync(
        Func<byte[], Task<int>> call, int size, int inFlight, int milliseconds)
    {
        long done = 0;
        long begin = Stopwatch.GetTimestamp();
        async Task CallUntilTheEndAsync()
        {
            byte[] request = new byte[size];
            while (Stopwatch.GetElapsedTime(begin).TotalMilliseconds < milliseconds)
            {
                await CallAsync(call, request).ConfigureAwait(false);
                Interlocked.Increment(ref done);
            }
        }

        await Task.WhenAll(Enumerable.Range(0, inFlight).Select(_ => Task.Run(CallUntilTheEndAsync)))
            .ConfigureAwait(false);
        return string.Create(
            CultureInfo.InvariantCulture, $"{done} {(long)Stopwatch.GetElapsedTime(begin).TotalMicroseconds}");
    }

    private static async Task CallAsync(Func<byte[], Task<int>> call, byte[] request)
    {
        if (await call(request).ConfigureAwait(false) != request.Length)
        {
            throw new InvalidOperationException("The reply is not the request.");
        }
    }
}
