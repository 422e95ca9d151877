// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PlugBroker.Worker;

namespace CSharpClient;

/// <summary>The worker's side of the scenarios.</summary>
internal static class WorkerRoutes
{
    private static int _busy;

    public static void Map(RouteTable routes) => routes
        .Map("echo", request => Reply.Bytes(request.Payload, request.ContentType))
        .Map("process", _ => Reply.Text(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)))
        .Map("busy", _ => Reply.Text(Volatile.Read(ref _busy).ToString(CultureInfo.InvariantCulture)))
        .Map("context", request => Reply.Text($"{request.TraceParent} {request.IdempotencyKey}")
            .WithMetadata("seen", request.Metadata[0].Value))
        .Map("fail", _ => throw new CallFailedException(StatusCode.Aborted, "not now")
        {
            Detail = Encoding.UTF8.GetBytes("detail"),
            RetryAfter = TimeSpan.FromSeconds(2),
        })
        .Map("throw", _ => throw new KeyNotFoundException("no such page"))
        .Map("sleep", SleepAsync)
        .MapStream("upper", (request, cancellation) => UpperAsync(request, cancellation))
        .MapServerStream("count", (request, cancellation) => CountAsync(request, cancellation));

    private static async ValueTask<Reply> SleepAsync(Request request, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _busy);
        try
        {
            await Task.Delay(int.Parse(request.ReadText(), CultureInfo.InvariantCulture), cancellation);
            return Reply.Text("slept");
        }
        finally
        {
            Interlocked.Decrement(ref _busy);
        }
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> UpperAsync(
        StreamRequest request, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (ReadOnlyMemory<byte> message in request.Messages.WithCancellation(cancellation))
        {
            yield return Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(message.Span).ToUpperInvariant());
        }
    }

    /// <summary>Numbers from 0 up, as text; for ever when none is said.</summary>
    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> CountAsync(
        Request request, [EnumeratorCancellation] CancellationToken cancellation)
    {
        int end = request.ReadText() is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : int.MaxValue;
        Interlocked.Increment(ref _busy);
        try
        {
            for (int at = 0; at < end; at++)
            {
                cancellation.ThrowIfCancellationRequested();
                yield return Encoding.UTF8.GetBytes(at.ToString(CultureInfo.InvariantCulture));
                await Task.Yield();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _busy);
        }
    }
}
