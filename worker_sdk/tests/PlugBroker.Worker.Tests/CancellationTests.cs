// SPDX-License-Identifier: Apache-2.0
using System;
using System.Threading.Tasks;

namespace PlugBroker.Worker.Tests;

public sealed class CancellationTests
{
    private readonly Gate _gate = new();

    [Fact]
    public async Task CANCEL_fires_the_token_and_the_call_ends_as_cancelled_when_the_handler_gives_up()
    {
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(routes => routes.Map("wait", _gate.EchoAsync));
        await broker.SendAsync(Bytes.RequestFrame(1, "wait"));
        await _gate.EnteredAsync();

        await broker.SendAsync(Bytes.CancelFrame(1));
        CallResult result = await broker.ReadResultAsync(1);

        Assert.Equal(StatusCode.Cancelled, result.Status);
        Assert.Equal((0UL, 3UL, 1UL), (result.Retry, result.Origin, result.WorkerReceived));
    }

    [Fact]
    public async Task A_handler_that_ignores_CANCEL_keeps_its_slot_until_it_returns()
    {
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(routes => routes.Map("wait", _gate.StubbornEchoAsync));
        await broker.SendAsync(Bytes.RequestFrame(1, "wait"));
        await _gate.EnteredAsync();

        await broker.SendAsync(Bytes.CancelFrame(1), Bytes.RequestFrame(2, "wait"));
        CallResult second = await broker.ReadResultAsync(2);
        _gate.Open();
        CallResult first = await broker.ReadResultAsync(1);

        Assert.Equal(StatusCode.ResourceExhausted, second.Status);
        Assert.Equal(1UL, second.Retry);
        Assert.Equal(StatusCode.Cancelled, first.Status);
        Assert.Empty(first.Payload);
    }

    [Fact]
    public async Task CANCEL_before_the_request_is_whole_ends_the_call_without_running_the_handler()
    {
        bool ran = false;
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(routes => routes.Map("mark", _ =>
        {
            ran = true;
            return Reply.Empty;
        }));

        await broker.SendAsync(Bytes.RequestFrame(1, "mark", [1], Bytes.More), Bytes.CancelFrame(1));
        CallResult result = await broker.ReadResultAsync(1);
        await broker.SendAsync(Bytes.Frame(Bytes.Data, 1, Bytes.EndStream, payload: [2]), Bytes.PingFrame(1));
        await broker.ReadPastWindowsAsync();

        Assert.Equal(StatusCode.Cancelled, result.Status);
        Assert.False(ran);
    }

    [Fact]
    public async Task CANCEL_drops_the_rest_of_a_reply_that_waits_for_credit()
    {
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(
            routes => routes.Map("big", _ => Reply.Bytes(new byte[100_000])), streamWindow: 4128);
        await broker.SendAsync(Bytes.RequestFrame(1, "big"));
        WireFrame data = await broker.ReadPastWindowsAsync();

        await broker.SendAsync(Bytes.CancelFrame(1));
        WireFrame end = await broker.ReadPastWindowsAsync();

        Assert.Equal((Bytes.Data, 4096), (data.Type, data.Payload.Length));
        Assert.Equal(Bytes.End, end.Type);
        Assert.Equal((ulong)StatusCode.Cancelled, end.Number(0x0040));
    }

    [Fact]
    public async Task CANCEL_of_a_call_that_has_ended_is_harmless()
    {
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(
            routes => routes.Map("echo", request => Reply.Bytes(request.Payload)));
        await broker.CallAsync(1, "echo");

        await broker.SendAsync(Bytes.CancelFrame(1), Bytes.WindowFrame(1, 10));
        CallResult result = await broker.CallAsync(2, "echo", [9]);

        Assert.Equal([9], result.Payload);
    }

    [Fact]
    public async Task The_end_of_the_channel_fires_every_token_and_the_worker_finishes()
    {
        var fired = new TaskCompletionSource();
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(routes => routes.Map("wait", async (request, cancellation) =>
        {
            cancellation.Register(() => fired.SetResult());
            return await _gate.EchoAsync(request, cancellation);
        }));
        await broker.SendAsync(Bytes.RequestFrame(1, "wait"));
        await _gate.EnteredAsync();

        broker.Close();

        await fired.Task.Guarded();
        Assert.Equal(WorkerExitCode.Finished, await broker.ExitCode.Guarded());
    }

    [Fact]
    public async Task A_handler_deaf_to_its_token_holds_the_end_up_for_five_seconds_only()
    {
        var time = new ManualTime();
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(
            routes => routes.Map("wait", _gate.StubbornEchoAsync), time: time);
        await broker.SendAsync(Bytes.RequestFrame(1, "wait"));
        await _gate.EnteredAsync();
        broker.Close();
        await time.TimerSetAsync(TimeSpan.FromSeconds(5));

        Assert.False(broker.ExitCode.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(WorkerExitCode.Finished, await broker.ExitCode.Guarded());
    }
}
