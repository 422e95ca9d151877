// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PlugBroker.Worker;

namespace MisbehavingWorker;

/// <summary>
/// The routes of the mode <c>mixed</c>: a call of each kind, all of them written down. A route's kind is what stands
/// after its last dot, so that several pools can have the same kinds: <c>one.unary</c>, <c>other.unary</c>.
/// </summary>
internal static class MixedRoutes
{
    private const int LeakedBytes = 64 * 1024 * 1024;

    private static readonly ConcurrentBag<byte[]> _leaked = [];

    public static void Map(RouteTable table, IEnumerable<string> routes)
    {
        foreach (string route in routes)
        {
            Map(table, route, route[(route.LastIndexOf('.') + 1)..]);
        }
    }

    private static void Map(RouteTable table, string route, string kind) => _ = kind switch
    {
        "unary" => table.Map(route, Echo),
        "slow" => table.Map(route, WaitAsync),
        "stream" => table.MapStream(route, EchoMessagesAsync),
        "push" => table.MapServerStream(route, PushAsync),
        "hang" => table.Map(route, HangAsync),
        "leak" => table.Map(route, Leak),
        _ => throw new ArgumentException($"there is no kind of call '{kind}'", nameof(route)),
    };

    private static Reply Echo(Request request)
    {
        using CallRecord record = CallRecord.Begin(request);
        record.Out = 1;
        record.Finish();
        return Reply.Bytes(request.Payload);
    }

    /// <summary>Never answers, but heeds the token.</summary>
    private static async ValueTask<Reply> WaitAsync(Request request, CancellationToken cancellation)
    {
        using CallRecord record = CallRecord.Begin(request);
        await Task.Delay(Timeout.Infinite, cancellation);
        return Reply.Empty;
    }

    /// <summary>Never answers and does not heed the token either.</summary>
    private static async ValueTask<Reply> HangAsync(Request request, CancellationToken cancellation)
    {
        using CallRecord record = CallRecord.Begin(request);
        await Task.Delay(Timeout.Infinite, CancellationToken.None);
        return Reply.Empty;
    }

    /// <summary>Answers with the request, and keeps 64 MiB for good.</summary>
    private static Reply Leak(Request request)
    {
        byte[] leaked = new byte[LeakedBytes];
        Array.Fill(leaked, (byte)1);
        _leaked.Add(leaked);
        return Echo(request);
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> EchoMessagesAsync(
        StreamRequest request, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using CallRecord record = CallRecord.Begin(request);
        await foreach (ReadOnlyMemory<byte> message in request.Messages.WithCancellation(cancellation))
        {
            record.In++;
            yield return message;
            record.Out++;
        }

        record.Finish();
    }

    /// <summary>The request says how many messages of progress are wanted.</summary>
    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> PushAsync(
        Request request, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using CallRecord record = CallRecord.Begin(request);
        int wanted = int.Parse(Encoding.UTF8.GetString(request.Payload.Span), CultureInfo.InvariantCulture);
        while (record.Out < wanted)
        {
            cancellation.ThrowIfCancellationRequested();
            yield return Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"progress {record.Out}"));
            record.Out++;
            await Task.Yield();
        }

        record.Finish();
    }
}
