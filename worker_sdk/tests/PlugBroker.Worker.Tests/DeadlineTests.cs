// SPDX-License-Identifier: Apache-2.0
using System;
using System.Threading.Tasks;

namespace PlugBroker.Worker.Tests;

public sealed class DeadlineTests
{
    private readonly ManualTime _time = new();
    private readonly Gate _gate = new();

    [Fact]
    public async Task The_token_fires_at_the_deadline_and_the_call_ends_as_deadline_exceeded()
    {
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(routes => routes.Map("wait", _gate.EchoAsync), time: _time);
        await broker.SendAsync(Bytes.RequestFrame(1, "wait", deadline: 2_000_000));
        await _gate.EnteredAsync();

        _time.Advance(TimeSpan.FromSeconds(2));
        CallResult result = await broker.ReadResultAsync(1);

        Assert.Equal(StatusCode.DeadlineExceeded, result.Status);
        Assert.Equal((0UL, 3UL, 1UL), (result.Retry, result.Origin, result.WorkerReceived));
    }

    [Fact]
    public async Task Nothing_happens_a_moment_before_the_deadline()
    {
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(routes => routes.Map("wait", _gate.EchoAsync), time: _time);
        await broker.SendAsync(Bytes.RequestFrame(1, "wait", [5], deadline: 2_000_000));
        await _gate.EnteredAsync();

        _time.Advance(TimeSpan.FromSeconds(2) - TimeSpan.FromTicks(1));
        _gate.Open();
        CallResult result = await broker.ReadResultAsync(1);

        Assert.Equal(StatusCode.Ok, result.Status);
    }

    [Fact]
    public async Task A_deadline_of_a_fraction_of_a_millisecond_is_never_cut_short()
    {
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(routes => routes.Map("wait", _gate.EchoAsync), time: _time);

        await broker.SendAsync(Bytes.RequestFrame(1, "wait", deadline: 1_500));
        await _gate.EnteredAsync();

        await _time.TimerSetAsync(TimeSpan.FromMilliseconds(2));
    }

    [Fact]
    public async Task The_remaining_time_shrinks_to_zero_and_not_below()
    {
        Request? seen = null;
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(
            routes => routes.Map("wait", (request, cancellation) =>
            {
                seen = request;
                return _gate.StubbornEchoAsync(request, cancellation);
            }),
            time: _time);
        await broker.SendAsync(Bytes.RequestFrame(1, "wait", deadline: 3_000_000));
        await _gate.EnteredAsync();

        _time.Advance(TimeSpan.FromSeconds(1));
        TimeSpan later = seen!.TimeRemaining;
        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(TimeSpan.FromSeconds(2), later);
        Assert.Equal(TimeSpan.Zero, seen.TimeRemaining);
        _gate.Open();
    }

    [Fact]
    public async Task A_deadline_that_passes_before_the_request_is_whole_ends_the_call()
    {
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(routes => routes.Map("wait", _gate.EchoAsync), time: _time);
        await broker.SendAsync(Bytes.RequestFrame(1, "wait", [1], Bytes.More, deadline: 1_000_000));
        await _time.TimerSetAsync(TimeSpan.FromSeconds(1));

        _time.Advance(TimeSpan.FromSeconds(1));
        CallResult result = await broker.ReadResultAsync(1);

        Assert.Equal(StatusCode.DeadlineExceeded, result.Status);
    }

    [Fact]
    public async Task A_reply_that_is_already_there_is_not_taken_back_by_the_deadline()
    {
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(
            routes => routes.Map("big", _ => Reply.Bytes(new byte[10_000])), time: _time, streamWindow: 4128);
        await broker.SendAsync(Bytes.RequestFrame(1, "big", deadline: 1_000_000));
        WireFrame first = await broker.ReadPastWindowsAsync();

        _time.Advance(TimeSpan.FromSeconds(9));
        await broker.GrantAsync(1, 10_000);
        CallResult rest = await broker.ReadResultAsync(1);

        Assert.Equal(StatusCode.Ok, rest.Status);
        Assert.Equal(10_000, first.Payload.Length + rest.Payload.Length);
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData(86_400_000_001UL)]
    [InlineData(ulong.MaxValue)]
    public async Task A_deadline_outside_its_range_ends_the_call_as_invalid_argument(ulong deadline)
    {
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(routes => routes.Map("echo", r => Reply.Bytes(r.Payload)));

        await broker.SendAsync(Bytes.RequestFrame(1, "echo", deadline: deadline));

        Assert.Equal(StatusCode.InvalidArgument, (await broker.ReadResultAsync(1)).Status);
    }

    [Theory]
    [InlineData(1UL)]
    [InlineData(86_400_000_000UL)]
    public async Task The_shortest_and_the_longest_deadline_are_taken(ulong deadline)
    {
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(routes => routes.Map("echo", r => Reply.Bytes(r.Payload)));

        await broker.SendAsync(Bytes.RequestFrame(1, "echo", deadline: deadline));

        Assert.Equal(StatusCode.Ok, (await broker.ReadResultAsync(1)).Status);
    }
}
