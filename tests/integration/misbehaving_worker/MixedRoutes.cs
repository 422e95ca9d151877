// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PlugBroker.Worker;

namespace MisbehavingWorker;

/// <summary>The routes of the mode <c>mixed</c>: a call of each kind, all of them written down.</summary>
internal static class MixedRoutes
{
    public static void Map(RouteTable table) => table
        .Map("unary", Echo)
        .Map("slow", WaitAsync)
        .MapStream("stream", EchoMessagesAsync)
        .MapServerStream("push", PushAsync);

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
