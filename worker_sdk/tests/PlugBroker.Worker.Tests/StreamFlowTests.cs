// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;

namespace PlugBroker.Worker.Tests;

/// <summary>Credit, cancellation and deadlines of streams.</summary>
public sealed class StreamFlowTests
{
    private const int Window = 131_072;
    private const int SmallWindow = 10_560;

    [Fact]
    public async Task A_handler_that_does_not_read_stops_its_own_stream_and_no_other()
    {
        var read = new SemaphoreSlim(0);
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(
            routes => routes
                .MapStream("slow", (request, cancellation) => AfterAsync(read, request, cancellation))
                .Map("echo", request => Reply.Bytes(request.Payload)),
            concurrency: 2);
        await broker.SendAsync(Bytes.OpenFrame(1, "slow"));
        byte[][] messages = [.. Enumerable.Repeat(Bytes.DataFrame(1, new byte[1024 - 32]), (Window / 1024) - 1)];
        await broker.SendAsync(messages);

        await broker.SendAsync(Bytes.RequestFrame(2, "echo", [1]));
        WireFrame reply = await broker.ReadAsync();
        WireFrame end = await broker.ReadAsync();
        read.Release();
        WireFrame window = await broker.ReadAsync();

        // All but the empty opening frame's credit was held until the handler read.
        Assert.Equal((Bytes.Data, 2UL), (reply.Type, reply.Stream));
        Assert.Equal((Bytes.End, 2UL), (end.Type, end.Stream));
        Assert.Equal((Bytes.Window, 1UL), (window.Type, window.Stream));
    }

    [Fact]
    public async Task A_message_larger_than_the_window_arrives_at_a_handler_that_waits_for_it()
    {
        byte[] message = new byte[(3 * Window) + 17];
        new Random(5).NextBytes(message);
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(routes => routes.MapClientStream("size", async (request, cancellation) =>
        {
            await foreach (ReadOnlyMemory<byte> only in request.Messages.WithCancellation(cancellation))
            {
                return Reply.Text(only.Span.SequenceEqual(message) ? "same" : "other");
            }

            return Reply.Text("none");
        }));

        await FlowControlTests.SendInCreditAsync(broker, 1, "size", message);
        CallResult result = await broker.ReadResultAsync(1);

        Assert.Equal("same"u8.ToArray(), result.Payload);
    }

    [Fact]
    public async Task A_caller_that_does_not_read_stops_the_handler_after_its_window_and_64_KiB()
    {
        int yielded = 0;
        async IAsyncEnumerable<ReadOnlyMemory<byte>> EndlessAsync([EnumeratorCancellation] CancellationToken cancellation)
        {
            byte[] message = new byte[1024];
            while (true)
            {
                cancellation.ThrowIfCancellationRequested();
                Interlocked.Increment(ref yielded);
                yield return message;
                await Task.Yield();
            }
        }

        await using BrokerEnd broker = await CallEndlessAsync(EndlessAsync);
        for (int at = 0; at < 10; at++)
        {
            Assert.Equal(1024, (await broker.ReadAsync()).Payload.Length);
        }

        for (ulong stream = 2; stream < 50; stream++)
        {
            Assert.Equal([1], (await broker.CallAsync(stream, "echo", [1])).Payload);
        }

        Assert.InRange(Volatile.Read(ref yielded), 10, 10 + 64 + 1);
        await broker.SendAsync(Bytes.CancelFrame(1));
        Assert.Equal(StatusCode.Cancelled, (await broker.ReadResultAsync(1)).Status);
    }

    [Fact]
    public async Task A_caller_that_does_not_read_stops_a_handler_of_empty_messages_too()
    {
        int yielded = 0;
        async IAsyncEnumerable<ReadOnlyMemory<byte>> EndlessAsync([EnumeratorCancellation] CancellationToken cancellation)
        {
            // Without the library's bound it would end far beyond it.
            while (Volatile.Read(ref yielded) < 100_000)
            {
                cancellation.ThrowIfCancellationRequested();
                Interlocked.Increment(ref yielded);
                yield return default;
            }

            await Task.Yield();
        }

        await using BrokerEnd broker = await CallEndlessAsync(EndlessAsync);
        for (int at = 0; at < SmallWindow / 32; at++)
        {
            Assert.Empty((await broker.ReadAsync()).Payload);
        }

        for (ulong stream = 2; stream < 50; stream++)
        {
            Assert.Equal([1], (await broker.CallAsync(stream, "echo", [1])).Payload);
        }

        Assert.InRange(Volatile.Read(ref yielded), 330, 330 + 2048 + 1);
        await broker.SendAsync(Bytes.CancelFrame(1));
        Assert.Equal(StatusCode.Cancelled, (await broker.ReadResultAsync(1)).Status);
    }

    [Fact]
    public async Task A_message_may_change_once_the_next_one_is_asked_for()
    {
        static async IAsyncEnumerable<ReadOnlyMemory<byte>> ReusingAsync(int size)
        {
            byte[] buffer = new byte[size];
            for (byte at = 1; at < 5; at++)
            {
                buffer.AsSpan().Fill(at);
                yield return buffer;
                await Task.Yield();
            }
        }

        await using BrokerEnd broker = await BrokerEnd.OpenAsync(
            routes => routes
                .MapServerStream("small", (_, _) => ReusingAsync(100))
                .MapServerStream("large", (_, _) => ReusingAsync(200_000)));
        await broker.SendAsync(Bytes.RequestFrame(1, "small"));
        List<byte[]> small = (await broker.ReadMessagesAsync(1)).Messages;
        await broker.SendAsync(Bytes.RequestFrame(2, "large"));
        List<byte[]> large = (await broker.ReadMessagesAsync(2)).Messages;

        Assert.Equal([.. Enumerable.Range(1, 4).Select(at => (100, at))], small.Select(Summary));
        Assert.Equal([.. Enumerable.Range(1, 4).Select(at => (200_000, at))], large.Select(Summary));
    }

    [Fact]
    public async Task CANCEL_reaches_a_handler_that_waits_for_a_message()
    {
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(routes => routes.MapStream("echo", StreamTests.EchoAsync));
        await broker.SendAsync(Bytes.OpenFrame(1, "echo"), Bytes.DataFrame(1, [1]));
        await broker.ReadMessageAsync(1);

        await broker.SendAsync(Bytes.CancelFrame(1));

        Assert.Equal(StatusCode.Cancelled, (await broker.ReadResultAsync(1)).Status);
    }

    [Fact]
    public async Task CANCEL_reaches_a_handler_that_waits_for_credit_in_the_middle_of_a_message()
    {
        bool disposed = false;
        async IAsyncEnumerable<ReadOnlyMemory<byte>> LargeAsync()
        {
            try
            {
                yield return new byte[100_000];
                await Task.Yield();
            }
            finally
            {
                disposed = true;
            }
        }

        await using BrokerEnd broker = await BrokerEnd.OpenAsync(
            routes => routes.MapServerStream("large", (_, _) => LargeAsync()), streamWindow: 4128);
        await broker.SendAsync(Bytes.RequestFrame(1, "large"));
        await broker.ReadAsync();

        await broker.SendAsync(Bytes.CancelFrame(1));
        WireFrame end = await broker.ReadAsync();

        Assert.Equal((Bytes.End, (ulong)StatusCode.Cancelled), (end.Type, end.Number(0x0040)));
        Assert.True(disposed);
    }

    [Theory]
    [InlineData("echo")]
    [InlineData("large")]
    public async Task The_deadline_ends_a_stream_that_waits(string route)
    {
        static async IAsyncEnumerable<ReadOnlyMemory<byte>> LargeAsync()
        {
            yield return new byte[100_000];
            await Task.Yield();
        }

        var time = new ManualTime();
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(
            routes => routes
                .MapStream("echo", StreamTests.EchoAsync)
                .MapServerStream("large", (_, _) => LargeAsync()),
            time: time, streamWindow: 4128);
        await broker.SendAsync(Bytes.RequestFrame(1, route, [1], route == "echo" ? (ushort)0 : Bytes.EndStream, deadline: 2_000_000));
        await broker.ReadAsync();

        time.Advance(TimeSpan.FromSeconds(2));
        WireFrame end = await broker.ReadPastWindowsAsync();

        Assert.Equal((Bytes.End, (ulong)StatusCode.DeadlineExceeded), (end.Type, end.Number(0x0040)));
    }

    [Fact]
    public async Task The_brokers_end_reaches_a_handler_that_waits_for_a_message()
    {
        var ended = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(routes => routes.MapClientStream("wait", async (request, _) =>
        {
            try
            {
                await foreach (ReadOnlyMemory<byte> message in request.Messages)
                {
                }
            }
            catch (Exception exception)
            {
                ended.SetResult(exception);
            }

            return Reply.Empty;
        }));
        await broker.SendAsync(Bytes.OpenFrame(1, "wait"), Bytes.PingFrame(1));
        await broker.ReadAsync();

        broker.Close();

        Assert.IsAssignableFrom<OperationCanceledException>(await ended.Task.Guarded());
        Assert.Equal(WorkerExitCode.Finished, await broker.ExitCode.Guarded());
    }

    [Fact]
    public async Task A_reader_may_stop_waiting_by_a_token_of_its_own()
    {
        using var impatience = new CancellationTokenSource();
        var waiting = new SemaphoreSlim(0);
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(routes => routes.MapClientStream("wait", async (request, _) =>
        {
            try
            {
                waiting.Release();
                await foreach (ReadOnlyMemory<byte> message in request.Messages.WithCancellation(impatience.Token))
                {
                }
            }
            catch (OperationCanceledException) when (impatience.IsCancellationRequested)
            {
                return Reply.Text("gave up");
            }

            return Reply.Empty;
        }));
        await broker.SendAsync(Bytes.OpenFrame(1, "wait"));
        await waiting.WaitAsync().Guarded();

        impatience.Cancel();

        Assert.Equal("gave up"u8.ToArray(), (await broker.ReadResultAsync(1)).Payload);
    }

    /// <summary>Call 1 is answered by the stream, into a small window; another route echoes beside it.</summary>
    private static async Task<BrokerEnd> CallEndlessAsync(
        Func<CancellationToken, IAsyncEnumerable<ReadOnlyMemory<byte>>> endless)
    {
        BrokerEnd broker = await BrokerEnd.OpenAsync(
            routes => routes
                .MapServerStream("endless", (_, cancellation) => endless(cancellation))
                .Map("echo", request => Reply.Bytes(request.Payload)),
            concurrency: 2, streamWindow: SmallWindow);
        await broker.SendAsync(Bytes.RequestFrame(1, "endless"));
        return broker;
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> AfterAsync(
        SemaphoreSlim read, StreamRequest request, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await read.WaitAsync(cancellation);
        await foreach (ReadOnlyMemory<byte> message in request.Messages.WithCancellation(cancellation))
        {
        }

        yield break;
    }

    private static (int Length, int Value) Summary(byte[] message) =>
        (message.Length, message.All(value => value == message[0]) ? message[0] : -1);
}
