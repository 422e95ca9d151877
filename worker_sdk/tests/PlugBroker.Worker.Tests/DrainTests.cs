// SPDX-License-Identifier: Apache-2.0
using System;
using System.Threading.Tasks;

namespace PlugBroker.Worker.Tests;

public sealed class DrainTests
{
    private const ushort Ok = 0;
    private const ushort InvalidArgument = 3;
    private readonly Gate _gate = new();

    [Fact]
    public async Task An_idle_worker_finishes_at_GOAWAY_with_exit_code_0()
    {
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(routes => routes.Map("wait", _gate.EchoAsync));

        await broker.SendAsync(Bytes.GoAwayFrame(Ok));

        Assert.Equal(WorkerExitCode.Finished, await broker.ExitCode.Guarded());
        Assert.Equal("", broker.Log.ToString());
    }

    [Fact]
    public async Task A_call_that_runs_at_GOAWAY_is_answered_before_the_worker_finishes()
    {
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(
            routes => routes.Map("wait", _gate.EchoAsync), streamWindow: 4128);
        await broker.SendAsync(Bytes.RequestFrame(1, "wait", new byte[20_000]));
        await _gate.EnteredAsync();

        await broker.SendAsync(Bytes.GoAwayFrame(Ok));
        _gate.Open();
        CallResult result = await broker.ReadResultAsync(1);

        Assert.Equal(StatusCode.Ok, result.Status);
        Assert.Equal(20_000, result.Payload.Length);
        Assert.Equal(WorkerExitCode.Finished, await broker.ExitCode.Guarded());
    }

    [Fact]
    public async Task A_call_after_GOAWAY_is_unavailable_and_safe_to_repeat()
    {
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(
            routes => routes.Map("wait", _gate.EchoAsync), concurrency: 2);
        await broker.SendAsync(Bytes.RequestFrame(1, "wait"));
        await _gate.EnteredAsync();

        await broker.SendAsync(Bytes.GoAwayFrame(Ok), Bytes.RequestFrame(2, "wait"));
        CallResult late = await broker.ReadResultAsync(2);

        Assert.Equal(StatusCode.Unavailable, late.Status);
        Assert.Equal(1UL, late.Retry);
        _gate.Open();
    }

    [Fact]
    public async Task A_GOAWAY_that_blames_the_worker_is_reported_and_gives_65()
    {
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(routes => routes.Map("wait", _gate.EchoAsync));

        await broker.SendAsync(Bytes.GoAwayFrame(InvalidArgument, "too much credit"));

        Assert.Equal(WorkerExitCode.ProtocolError, await broker.ExitCode.Guarded());
        Assert.Contains("too much credit", broker.Log.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_GOAWAY_that_blames_the_worker_ends_it_though_a_call_runs()
    {
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(routes => routes.Map("wait", _gate.EchoAsync));
        await broker.SendAsync(Bytes.RequestFrame(1, "wait"));
        await _gate.EnteredAsync();

        await broker.SendAsync(Bytes.GoAwayFrame(InvalidArgument, "too much credit"));

        Assert.Equal(WorkerExitCode.ProtocolError, await broker.ExitCode.Guarded());
    }

    [Fact]
    public async Task The_end_of_the_channel_between_frames_is_an_ordinary_end()
    {
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(routes => routes.Map("wait", _gate.EchoAsync));

        broker.Close();

        Assert.Equal(WorkerExitCode.Finished, await broker.ExitCode.Guarded());
        Assert.Equal("", broker.Log.ToString());
    }

    [Fact]
    public async Task The_end_of_the_channel_in_the_middle_of_a_frame_is_reported_and_gives_66()
    {
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(routes => routes.Map("wait", _gate.EchoAsync));

        await broker.SendAsync(Bytes.PingFrame(1)[..33]);
        broker.Close();

        Assert.Equal(WorkerExitCode.ChannelBroken, await broker.ExitCode.Guarded());
        Assert.Contains("middle of a frame", broker.Log.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worker_that_stops_itself_says_GOAWAY_and_finishes_the_calls_it_has()
    {
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(
            routes => routes.Map("wait", _gate.EchoAsync), concurrency: 2);
        await broker.SendAsync(Bytes.RequestFrame(7, "wait", [1]));
        await _gate.EnteredAsync();

        await broker.Drain.CancelAsync();
        WireFrame goAway = await broker.ReadAsync();
        await broker.SendAsync(Bytes.RequestFrame(8, "wait"));
        CallResult late = await broker.ReadResultAsync(8);
        _gate.Open();
        CallResult running = await broker.ReadResultAsync(7);

        Assert.Equal(
            (Bytes.GoAway, 7UL, 0UL), (goAway.Type, goAway.Number(0x0060), goAway.Number(0x0040)));
        Assert.Equal((StatusCode.Unavailable, 1UL, 0UL), (late.Status, late.Retry, late.WorkerReceived));
        Assert.Equal([1], running.Payload);
        Assert.Equal(WorkerExitCode.Finished, await broker.ExitCode.Guarded());
    }

    [Fact]
    public async Task An_idle_worker_that_stops_itself_finishes_at_once()
    {
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(routes => routes.Map("wait", _gate.EchoAsync));

        await broker.Drain.CancelAsync();

        Assert.Equal(WorkerExitCode.Finished, await broker.ExitCode.Guarded());
        Assert.Equal(Bytes.GoAway, (await broker.ReadAsync()).Type);
    }

    [Fact]
    public async Task A_worker_that_stops_itself_before_the_opening_is_done_just_finishes()
    {
        await using BrokerEnd broker = BrokerEnd.Connect(routes => routes.Map("wait", _gate.EchoAsync));
        await broker.ReadAsync();

        await broker.Drain.CancelAsync();

        Assert.Equal(WorkerExitCode.Finished, await broker.ExitCode.Guarded());
        Assert.Empty(await broker.ReadToEndAsync());
    }
}
