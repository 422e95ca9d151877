// SPDX-License-Identifier: Apache-2.0
using System;
using System.Threading;
using System.Threading.Tasks;
using PlugBroker.Client.Core;
using PlugBroker.Wire;

namespace PlugBroker.Client.Tests;

/// <summary>Deadlines, cancellation and disposal.</summary>
public sealed class EndingTests
{
    [Fact]
    public async Task ACallWithoutAnswerEndsShortlyAfterItsDeadline()
    {
        await using var broker = new FakeBroker();
        Task<Reply> call = broker.Client.CallAsync("a", "x", new() { Deadline = TimeSpan.FromSeconds(2) });
        BrokerConnection connection = await broker.OpenAsync();
        await connection.ExpectAsync(FrameType.Request);
        broker.Time.Advance(TimeSpan.FromSeconds(2));
        Task<Reply> later = broker.Client.CallAsync("a", "still waiting");
        await connection.EchoAsync();  // No CANCEL came before it.
        await later.Guarded();
        Assert.False(call.IsCompleted);
        broker.Time.Advance(ClientSession.DeadlineGrace);

        PlugBrokerException failure = await Assert.ThrowsAsync<PlugBrokerException>(() => call.Guarded());

        Assert.Equal(StatusCode.DeadlineExceeded, failure.Status);
        Assert.Equal("the deadline passed and the service had not answered", failure.Message);
        Assert.Equal((RetryAdvice.Never, CallOrigin.Client, true), (failure.Retry, failure.Origin, failure.WorkerReceived));
        Assert.Equal(1UL, (await connection.ExpectAsync(FrameType.Cancel)).Header.StreamId);
    }

    [Fact]
    public async Task ACallThatWasNotSentSaysWhatItWaitedFor()
    {
        await using var broker = new FakeBroker();
        Task<Reply> call = broker.Client.CallAsync("a", "x", new() { Deadline = TimeSpan.FromSeconds(1) });
        BrokerConnection connection = await broker.AcceptAsync();
        await connection.ReadAsync();
        broker.Time.Advance(TimeSpan.FromSeconds(1));

        PlugBrokerException failure = await Assert.ThrowsAsync<PlugBrokerException>(() => call.Guarded());

        Assert.Equal(
            "the deadline passed before the call was sent: the service has not answered the opening yet", failure.Message);
        Assert.Equal((RetryAdvice.Safe, false), (failure.Retry, failure.WorkerReceived));
    }

    [Fact]
    public async Task TheTokenEndsTheCallAndTellsTheService()
    {
        await using var broker = new FakeBroker();
        using var cancel = new CancellationTokenSource();
        Task<Reply> call = broker.Client.CallAsync("a", "x", null, cancel.Token);
        BrokerConnection connection = await broker.OpenAsync();
        await connection.ExpectAsync(FrameType.Request);
        await cancel.CancelAsync();

        OperationCanceledException ended = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.Guarded());

        Assert.Equal(cancel.Token, ended.CancellationToken);
        Assert.Equal(1UL, (await connection.ExpectAsync(FrameType.Cancel)).Header.StreamId);
    }

    [Fact]
    public async Task WhatStillComesOfCancelledCallsIsDroppedAndTheConnectionsCreditReturned()
    {
        await using var broker = new FakeBroker();
        Task<Reply> first = broker.Client.CallAsync("a", "x");
        BrokerConnection connection = await broker.OpenAsync();
        await connection.EchoAsync();
        await first.Guarded();
        const int size = 30_000;
        long credit = WireLimits.ConnectionWindow - 33;
        for (ulong stream = 2; stream < 14; stream++)
        {
            using var cancel = new CancellationTokenSource();
            Task<Reply> call = broker.Client.CallAsync("a", "x", null, cancel.Token);
            await ReadUntilAsync(FrameType.Request);
            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.Guarded());
            await ReadUntilAsync(FrameType.Cancel);
            for (int at = 0; at < 4; at++)
            {
                while (credit < size + WireLimits.FrameCharge)
                {
                    await ReadUntilAsync(FrameType.Window);
                }

                credit -= size + WireLimits.FrameCharge;
                await connection.SendAsync(Frames.Data(stream, new byte[size], FrameFlags.More));
            }

            await connection.SendAsync(Frames.End(stream, StatusCode.Cancelled, "cancelled"));
        }

        async Task ReadUntilAsync(FrameType type)
        {
            WireFrame frame;
            do
            {
                frame = await connection.ReadAsync();
                credit += frame.Header is { Type: FrameType.Window, StreamId: 0 } ? frame.Credit : 0;
            }
            while (frame.Header.Type != type);
        }
    }

    [Fact]
    public async Task ATokenThatHasFiredSendsNothing()
    {
        await using var broker = new FakeBroker();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => broker.Client.CallAsync("a", "x", null, new CancellationToken(canceled: true)).Guarded());

        Assert.Equal(0, broker.Attempts);
    }

    [Fact]
    public async Task DisposeEndsEveryCallAndClosesThePipe()
    {
        await using var broker = new FakeBroker();
        Task<Reply> sent = broker.Client.CallAsync("a", "x");
        BrokerConnection connection = await broker.OpenAsync();
        await connection.ExpectAsync(FrameType.Request);
        ClientStream stream = broker.Client.OpenStream("b");
        await broker.Client.DisposeAsync().AsTask().Guarded();

        PlugBrokerException one = await Assert.ThrowsAsync<PlugBrokerException>(() => sent.Guarded());
        PlugBrokerException two = await Assert.ThrowsAsync<PlugBrokerException>(() => stream.GetResultAsync().Guarded());
        PlugBrokerException later =
            await Assert.ThrowsAsync<PlugBrokerException>(() => broker.Client.CallAsync("a", "x").Guarded());

        Assert.Equal((StatusCode.Cancelled, "the client was disposed"), (one.Status, one.Message));
        Assert.Equal((StatusCode.Cancelled, "the client was disposed"), (two.Status, two.Message));
        Assert.Equal((StatusCode.Cancelled, "the client takes no more calls"), (later.Status, later.Message));
        await connection.WaitForEndAsync();
    }
}
