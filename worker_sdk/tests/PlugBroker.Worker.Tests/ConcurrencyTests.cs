// SPDX-License-Identifier: Apache-2.0
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace PlugBroker.Worker.Tests;

public sealed class ConcurrencyTests
{
    private readonly Gate _gate = new();

    [Fact]
    public async Task As_many_handlers_run_at_once_as_the_concurrency_says_and_a_call_beyond_it_is_safe_to_repeat()
    {
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(routes => routes.Map("wait", _gate.EchoAsync), concurrency: 3);
        await broker.SendAsync([.. Enumerable.Range(1, 4).Select(id => Bytes.RequestFrame((ulong)id, "wait"))]);
        await _gate.EnteredAsync();
        await _gate.EnteredAsync();
        await _gate.EnteredAsync();

        CallResult fourth = await broker.ReadResultAsync(4);

        Assert.Equal(StatusCode.ResourceExhausted, fourth.Status);
        Assert.Equal((1UL, 3UL, 1UL), (fourth.Retry, fourth.Origin, fourth.WorkerReceived));
        Assert.Equal(3, _gate.Most);
        _gate.Open(3);
    }

    [Fact]
    public async Task A_slot_is_free_again_once_END_was_written()
    {
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(
            routes => routes.Map("echo", request => Reply.Bytes(request.Payload)));

        for (ulong id = 1; id <= 1000; id++)
        {
            Assert.Equal(StatusCode.Ok, (await broker.CallAsync(id, "echo", [(byte)id])).Status);
        }
    }

    [Fact]
    public async Task A_thousand_calls_at_once_are_each_answered_with_their_own_bytes()
    {
        const int calls = 1024;
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(
            routes => routes.Map("echo", request => Reply.Bytes(request.Payload)), concurrency: calls);
        byte[] requests = Bytes.Join([.. Enumerable.Range(1, calls).Select(
            id => Bytes.RequestFrame((ulong)id, "echo", System.BitConverter.GetBytes(id)))]);

        Task sending = broker.SendAsync(requests);
        int[] answers = new int[calls];
        for (int ended = 0; ended < calls;)
        {
            WireFrame frame = await broker.ReadPastWindowsAsync();
            ended += frame.Type == Bytes.End ? 1 : 0;
            answers[frame.Stream - 1] = frame.Type == Bytes.Data ? System.BitConverter.ToInt32(frame.Payload) : answers[frame.Stream - 1];
        }

        await sending;
        Assert.Equal(Enumerable.Range(1, calls), answers);
    }

    [Fact]
    public async Task PING_is_answered_while_every_handler_is_busy()
    {
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(routes => routes.Map("wait", _gate.StubbornEchoAsync));
        await broker.SendAsync(Bytes.RequestFrame(1, "wait"));
        await _gate.EnteredAsync();

        await broker.SendAsync(Bytes.PingFrame(0xFEED_FACE_CAFE_BEEF));
        WireFrame pong = await broker.ReadPastWindowsAsync();

        Assert.Equal(Bytes.Pong, pong.Type);
        Assert.Equal(0xFEED_FACE_CAFE_BEEFUL, pong.Number(0x0070));
        _gate.Open();
    }

    [Fact]
    public async Task PING_is_answered_while_a_handler_blocks_its_thread()
    {
        using var entered = new SemaphoreSlim(0);
        using var open = new ManualResetEventSlim();
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(routes => routes.Map("block", _ =>
        {
            entered.Release();
            open.Wait();
            return Reply.Empty;
        }));
        await broker.SendAsync(Bytes.RequestFrame(1, "block"));
        await entered.WaitAsync().Guarded();

        await broker.SendAsync(Bytes.PingFrame(5));
        WireFrame pong = await broker.ReadPastWindowsAsync();
        open.Set();

        Assert.Equal(Bytes.Pong, pong.Type);
        Assert.Equal(StatusCode.Ok, (await broker.ReadResultAsync(1)).Status);
    }
}
