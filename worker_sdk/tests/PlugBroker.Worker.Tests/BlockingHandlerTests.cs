// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace PlugBroker.Worker.Tests;

/// <summary>Handlers that block their thread, which may be the one that reads the channel.</summary>
public sealed class BlockingHandlerTests
{
    private readonly SemaphoreSlim _entered = new(0);
    private readonly ManualResetEventSlim _open = new();

    [Fact]
    public async Task CANCEL_reaches_a_handler_that_blocks_its_thread()
    {
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(routes => routes.Map("block", (_, cancellation) =>
        {
            _entered.Release();
            cancellation.WaitHandle.WaitOne();
            throw new OperationCanceledException(cancellation);
        }));

        for (ulong call = 1; call <= 20; call++)
        {
            await broker.SendAsync(Bytes.RequestFrame(call, "block"));
            await _entered.WaitAsync().Guarded();
            await broker.SendAsync(Bytes.CancelFrame(call));

            Assert.Equal(StatusCode.Cancelled, (await broker.ReadResultAsync(call)).Status);
        }
    }

    [Fact]
    public async Task As_many_handlers_block_at_once_as_the_concurrency_says()
    {
        const int Calls = 40;
        using var everybody = new Barrier(Calls);
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(
            routes => routes.Map("meet", _ =>
            {
                everybody.SignalAndWait();
                return Reply.Empty;
            }),
            concurrency: Calls);
        // As WorkerHost does.
        ThreadPool.GetMinThreads(out int workers, out int completionPorts);
        ThreadPool.SetMinThreads(Math.Max(workers, Calls + 8), completionPorts);

        await broker.SendAsync([.. Enumerable.Range(1, Calls).Select(id => Bytes.RequestFrame((ulong)id, "meet"))]);
        for (int ended = 0; ended < Calls;)
        {
            WireFrame frame = await broker.ReadPastWindowsAsync();
            ended += frame.Type == Bytes.End ? 1 : 0;
        }
    }

    [Fact]
    public async Task What_a_handler_has_sent_leaves_while_it_blocks_its_thread()
    {
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(routes => routes.MapServerStream("progress", Progress));
        await broker.SendAsync(Bytes.RequestFrame(1, "progress"));

        for (byte step = 0; step < 5; step++)
        {
            Assert.Equal([step], (await broker.ReadMessageAsync(1)).Message!);
            _entered.Release();
        }

        Assert.Equal(StatusCode.Ok, (await broker.ReadMessagesAsync(1)).Result.Status);
    }

    [Fact]
    public async Task A_channel_that_ends_finds_the_token_of_a_handler_that_blocks_its_thread()
    {
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(routes => routes.Map("block", (_, cancellation) =>
        {
            _entered.Release();
            cancellation.WaitHandle.WaitOne();
            return new ValueTask<Reply>(Reply.Empty);
        }));
        await broker.SendAsync(Bytes.RequestFrame(1, "block"));
        await _entered.WaitAsync().Guarded();

        broker.Close();

        Assert.Equal(WorkerExitCode.Finished, await broker.ExitCode.Guarded());
    }

    [Fact]
    public async Task Calls_that_come_together_with_one_that_blocks_its_thread_are_answered()
    {
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(
            routes => routes.Map("block", _ =>
            {
                _open.Wait();
                return Reply.Empty;
            }).Map("echo", request => Reply.Bytes(request.Payload)),
            concurrency: 8);

        await broker.SendAsync(
            Bytes.RequestFrame(1, "block"), Bytes.RequestFrame(2, "echo", [2]), Bytes.RequestFrame(3, "echo", [3]));
        var first = new List<ulong> { (await ReadEndAsync(broker)).Stream, (await ReadEndAsync(broker)).Stream };
        _open.Set();

        Assert.Equal([2UL, 3UL], first.Order());
        Assert.Equal(1UL, (await ReadEndAsync(broker)).Stream);
    }

    [Fact]
    public async Task What_a_handler_sets_for_its_thread_is_not_seen_by_the_next()
    {
        var local = new AsyncLocal<string>();
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(routes => routes.Map("mark", _ =>
        {
            var reply = Reply.Text(local.Value ?? "nothing");
            local.Value = "marked";
            return reply;
        }));

        Assert.Equal("nothing", Encoding.UTF8.GetString((await broker.CallAsync(1, "mark")).Payload));
        Assert.Equal("nothing", Encoding.UTF8.GetString((await broker.CallAsync(2, "mark")).Payload));
    }

    private static async Task<WireFrame> ReadEndAsync(BrokerEnd broker)
    {
        WireFrame frame;
        do
        {
            frame = await broker.ReadPastWindowsAsync();
        }
        while (frame.Type != Bytes.End);

        return frame;
    }

    /// <summary>Blocks its thread after each message until the test has it.</summary>
    private async IAsyncEnumerable<ReadOnlyMemory<byte>> Progress(
        Request request, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        for (byte step = 0; step < 5; step++)
        {
            yield return new[] { step };
            _entered.Wait(cancellation);
        }

        await Task.CompletedTask;
    }
}
