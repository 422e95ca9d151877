// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using PlugBroker.Worker.Testing;

namespace PlugBroker.Worker.Packages.Tests;

public sealed class WorkerTestHostTests
{
    private const int MaxPayload = 64 * 1024 * 1024;

    [Fact]
    public async Task A_call_is_answered_with_all_that_the_handler_says()
    {
        await using WorkerTestHost host = WorkerTestHost.Create(routes => routes.Map("greet", request =>
            Reply.Text($"Hello, {request.ReadText()}!").WithMetadata("lang", request.Metadata[0].Value).WithDetail(new byte[] { 7 })));

        TestReply reply = await host.CallAsync("greet", "World"u8.ToArray(), new TestCallOptions { Metadata = [new("lang", "en")] });

        Assert.Equal((StatusCode.Ok, "Hello, World!"), (reply.Status, reply.ReadText()));
        Assert.Equal(new KeyValuePair<string, string>("lang", "en"), Assert.Single(reply.Metadata));
        Assert.Equal([7], reply.Detail.ToArray());
    }

    [Fact]
    public async Task A_failure_is_a_reply_with_its_status()
    {
        await using WorkerTestHost host = WorkerTestHost.Create(
            routes => routes.Map("find", Reply (_) => throw new KeyNotFoundException("no such page")));

        TestReply reply = await host.CallAsync("find");
        TestReply unknown = await host.CallAsync("other");

        Assert.Equal((StatusCode.NotFound, StatusCode.NotFound), (reply.Status, unknown.Status));
        Assert.Contains("no such page", reply.Message, StringComparison.Ordinal);
        Assert.Throws<CallFailedException>(reply.EnsureOk);
    }

    [Theory]
    [InlineData(0, StatusCode.Ok)]
    [InlineData(4096, StatusCode.Ok)]
    [InlineData(4097, StatusCode.Ok)]
    [InlineData(1_000_000, StatusCode.Ok)]
    [InlineData(MaxPayload, StatusCode.Ok)]
    [InlineData(MaxPayload + 1, StatusCode.ResourceExhausted)]
    public async Task Payloads_have_the_limits_of_a_worker(int size, StatusCode status)
    {
        byte[] payload = new byte[size];
        payload.AsSpan().Fill(3);
        await using WorkerTestHost host = WorkerTestHost.Create(routes => routes.Map("echo", request => Reply.Bytes(request.PayloadSequence)));

        TestReply reply = await host.CallAsync("echo", payload);

        Assert.Equal(status, reply.Status);
        Assert.True(reply.Payload.Span.SequenceEqual(status == StatusCode.Ok ? payload : []));
    }

    [Fact]
    public async Task Calls_wait_for_the_workers_concurrency()
    {
        int inside = 0;
        int most = 0;
        await using WorkerTestHost host = WorkerTestHost.Create(
            routes => routes.Map("slow", async (_, _) =>
            {
                most = Math.Max(most, Interlocked.Increment(ref inside));
                await Task.Yield();
                Interlocked.Decrement(ref inside);
                return Reply.Empty;
            }),
            new WorkerTestOptions { Worker = new WorkerOptions { Concurrency = 2 } });

        TestReply[] replies = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => host.CallAsync("slow"))).Guarded();

        Assert.All(replies, reply => Assert.Equal(StatusCode.Ok, reply.Status));
        Assert.InRange(most, 1, 2);
    }

    [Fact]
    public async Task A_caller_that_gives_up_gets_cancelled_and_the_handlers_token_fires()
    {
        using var give = new CancellationTokenSource();
        var fired = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using WorkerTestHost host = WorkerTestHost.Create(routes => routes.Map("wait", async (_, cancellation) =>
        {
            await give.CancelAsync();
            await Task.Delay(Timeout.Infinite, cancellation).ContinueWith(_ => fired.SetResult(), TaskScheduler.Default);
            return Reply.Empty;
        }));

        TestReply reply = await host.CallAsync("wait", cancellationToken: give.Token).Guarded();

        Assert.Equal(StatusCode.Cancelled, reply.Status);
        await fired.Task.Guarded();
    }

    [Fact]
    public async Task A_deadline_passes_by_the_tests_own_clock()
    {
        var time = new ManualTime();
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using WorkerTestHost host = WorkerTestHost.Create(
            routes => routes.Map("wait", async (_, cancellation) =>
            {
                entered.SetResult();
                await Task.Delay(Timeout.Infinite, cancellation);
                return Reply.Empty;
            }),
            new WorkerTestOptions { Time = time });
        Task<TestReply> call = host.CallAsync("wait", options: new TestCallOptions { Deadline = TimeSpan.FromSeconds(5) });
        await entered.Task.Guarded();
        await time.TimerSetAsync(TimeSpan.FromSeconds(5));

        time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(StatusCode.DeadlineExceeded, (await call.Guarded()).Status);
    }

    [Fact]
    public async Task A_stream_goes_both_ways_message_by_message()
    {
        await using WorkerTestHost host = WorkerTestHost.Create(routes => routes.MapStream("echo", (request, _) => request.Messages));
        TestStreamCall stream = await host.OpenStreamAsync("echo");
        await using IAsyncEnumerator<ReadOnlyMemory<byte>> replies = stream.ReadAllAsync().GetAsyncEnumerator();

        foreach (int size in (int[])[1, 0, 300_000, 5])
        {
            await stream.WriteAsync(new byte[size]).Guarded();
            Assert.True(await replies.MoveNextAsync().AsTask().Guarded());
            Assert.Equal(size, replies.Current.Length);
        }

        stream.CompleteWriting();
        Assert.False(await replies.MoveNextAsync().AsTask().Guarded());
        Assert.Equal(StatusCode.Ok, (await stream.Ended.Guarded()).Status);
    }

    [Fact]
    public async Task A_slow_reader_stops_the_handler()
    {
        int yielded = 0;
        async IAsyncEnumerable<ReadOnlyMemory<byte>> EndlessAsync([EnumeratorCancellation] CancellationToken cancellation)
        {
            while (true)
            {
                await Task.Yield();
                cancellation.ThrowIfCancellationRequested();
                Interlocked.Increment(ref yielded);
                yield return new byte[32 * 1024];
            }
        }

        await using WorkerTestHost host = WorkerTestHost.Create(
            routes => routes.MapServerStream("endless", (_, cancellation) => EndlessAsync(cancellation)).Map("echo", _ => Reply.Empty),
            new WorkerTestOptions { Worker = new WorkerOptions { Concurrency = 2 } });
        TestStreamCall stream = await host.OpenStreamAsync("endless");
        stream.CompleteWriting();
        for (int call = 0; call < 50; call++)
        {
            await host.CallAsync("echo").Guarded();
        }

        Assert.InRange(Volatile.Read(ref yielded), 0, 5);
        stream.Cancel();
        Assert.Equal(StatusCode.Cancelled, (await stream.Ended.Guarded()).Status);
    }

    [Fact]
    public async Task A_unary_call_of_a_stream_of_many_messages_is_unimplemented()
    {
        static async IAsyncEnumerable<ReadOnlyMemory<byte>> TwoAsync()
        {
            yield return new byte[] { 1 };
            await Task.Yield();
            yield return new byte[] { 2 };
        }

        await using WorkerTestHost host = WorkerTestHost.Create(routes => routes.MapServerStream("two", (_, _) => TwoAsync()));

        Assert.Equal(StatusCode.Unimplemented, (await host.CallAsync("two").Guarded()).Status);
    }

    [Fact]
    public async Task Disposing_fires_the_tokens_and_waits_for_the_handlers()
    {
        bool returned = false;
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        WorkerTestHost host = WorkerTestHost.Create(routes => routes.Map("wait", async (_, cancellation) =>
        {
            entered.SetResult();
            await Task.Delay(Timeout.Infinite, cancellation).ContinueWith(_ => { }, TaskScheduler.Default);
            returned = true;
            return Reply.Empty;
        }));
        _ = host.CallAsync("wait");
        await entered.Task.Guarded();

        await host.DisposeAsync().AsTask().Guarded();

        Assert.True(returned);
    }

    [Fact]
    public void A_worker_without_routes_is_refused() =>
        Assert.Throws<InvalidOperationException>(() => WorkerTestHost.Create(_ => { }));
}
