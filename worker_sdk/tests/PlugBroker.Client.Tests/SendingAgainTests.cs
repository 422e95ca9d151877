// SPDX-License-Identifier: Apache-2.0
using System;
using System.Text;
using System.Threading.Tasks;
using PlugBroker.Client.Core;
using PlugBroker.Wire;

namespace PlugBroker.Client.Tests;

/// <summary>GOAWAY, and retries after failures that no worker saw.</summary>
public sealed class SendingAgainTests
{
    private static readonly CallOptions _twice = new() { RetryAttempts = 1, Deadline = TimeSpan.FromMinutes(1) };

    [Fact]
    public async Task CallsAboveTheLastAcceptedOneGoToANewConnectionAndLowerOnesFinish()
    {
        await using var broker = new FakeBroker();
        Task<Reply> accepted = broker.Client.CallAsync("a", "1");
        BrokerConnection old = await broker.OpenAsync();
        await old.ExpectAsync(FrameType.Request);
        Task<Reply> tooLate = broker.Client.CallAsync("a", "2");
        await old.ExpectAsync(FrameType.Request);
        await old.SendAsync(Frames.GoAway(1));
        BrokerConnection fresh = await broker.OpenAsync();
        await fresh.EchoAsync();
        Reply second = await tooLate.Guarded();
        await old.SendAsync(Frames.Data(1, "done"), Frames.End(1, EndMeta.Ok));
        Reply first = await accepted.Guarded();
        await old.WaitForEndAsync();

        Assert.Equal(("done", 1), (first.ReadText(), first.Attempts));
        Assert.Equal(("2", 2), (second.ReadText(), second.Attempts));
    }

    [Fact]
    public async Task AStreamThatWasNotAcceptedIsSentAgainWholeIfItWasKept()
    {
        await using var broker = new FakeBroker();
        await using ClientStream stream = broker.Client.OpenStream("chat");
        BrokerConnection old = await broker.OpenAsync();
        await old.ExpectAsync(FrameType.Request);
        await stream.WriteAsync("one"u8.ToArray());
        await old.ExpectAsync(FrameType.Data);
        await old.SendAsync(Frames.GoAway(0));
        BrokerConnection fresh = await broker.OpenAsync();
        WireFrame request = await fresh.ExpectAsync(FrameType.Request);
        await stream.WriteAsync("two"u8.ToArray());
        WireFrame data = await fresh.ExpectAsync(FrameType.Data);

        Assert.Equal("one", Encoding.UTF8.GetString(request.Payload));
        Assert.Equal("two", Encoding.UTF8.GetString(data.Payload));
    }

    [Fact]
    public async Task AStreamOfWhichTooMuchWasSentToBeKeptEndsWithUnavailable()
    {
        await using var broker = new FakeBroker();
        await using ClientStream stream = broker.Client.OpenStream("chat");
        BrokerConnection old = await broker.OpenAsync();
        await old.ExpectAsync(FrameType.Request);
        await stream.WriteAsync(new byte[OutgoingRequest.KeptBytes + 1]);
        await old.ExpectAsync(FrameType.Data);
        await old.ExpectAsync(FrameType.Data);
        await old.SendAsync(Frames.GoAway(0));

        PlugBrokerException failure =
            await Assert.ThrowsAsync<PlugBrokerException>(() => stream.GetResultAsync().Guarded());

        Assert.Equal((StatusCode.Unavailable, "stopping"), (failure.Status, failure.Message));
        Assert.Equal((RetryAdvice.Safe, false), (failure.Retry, failure.WorkerReceived));
    }

    [Fact]
    public async Task ASafeFailureIsTriedAgainWhenTheCallSaysSo()
    {
        await using var broker = new FakeBroker();
        Task<Reply> call = broker.Client.CallAsync("a", "x", _twice);
        BrokerConnection connection = await broker.OpenAsync();
        await connection.ExpectAsync(FrameType.Request);
        await connection.SendAsync(Frames.End(1, StatusCode.ResourceExhausted, "full", RetryClass.Safe));
        Task<WireFrame> again = connection.EchoAsync();
        await broker.AdvanceUntilAsync(again);

        Reply reply = await call.Guarded();

        Assert.Equal(2UL, (await again).Header.StreamId);
        Assert.Equal(("x", 2), (reply.ReadText(), reply.Attempts));
    }

    [Fact]
    public async Task TheLastFailureCountsWhenNoAttemptsAreLeft()
    {
        await using var broker = new FakeBroker();
        Task<Reply> call = broker.Client.CallAsync("a", "x", _twice);
        BrokerConnection connection = await broker.OpenAsync();
        await connection.ExpectAsync(FrameType.Request);
        await connection.SendAsync(Frames.End(1, StatusCode.ResourceExhausted, "full", RetryClass.Safe));
        Task<WireFrame> again = connection.ExpectAsync(FrameType.Request);
        await broker.AdvanceUntilAsync(again);
        await connection.SendAsync(Frames.End(2, StatusCode.ResourceExhausted, "still full", RetryClass.Safe));

        PlugBrokerException failure = await Assert.ThrowsAsync<PlugBrokerException>(() => call.Guarded());

        Assert.Equal(("still full", 2), (failure.Message, failure.Attempts));
    }

    [Theory]
    [InlineData(RetryAdvice.Never, false, 1)]
    [InlineData(RetryAdvice.Safe, true, 1)]
    [InlineData(RetryAdvice.Safe, false, OutgoingRequest.KeptBytes + 1)]
    public async Task WhatAWorkerMayHaveSeenOrIsTooLargeIsNeverSentAgain(RetryAdvice retry, bool received, int size)
    {
        await using var broker = new FakeBroker();
        Task<Reply> call = broker.Client.CallAsync("a", new byte[size], _twice);
        BrokerConnection connection = await broker.OpenAsync();
        await connection.ExpectAsync(FrameType.Request);
        await connection.SendAsync(Frames.End(1, StatusCode.Unavailable, "no", (RetryClass)retry, received));

        PlugBrokerException failure = await Assert.ThrowsAsync<PlugBrokerException>(() => call.Guarded());

        Assert.Equal(1, failure.Attempts);
    }

    [Fact]
    public void ARetryWaitsAtLeastAsLongAsTheServiceAsksAndNeverPastTheDeadline()
    {
        var retry = new CallRetry(new Random(3));
        EndMeta full = new EndMeta(StatusCode.ResourceExhausted, "full", RetryClass.AfterBackoff)
        {
            WorkerReceived = false,
            RetryAfterMicroseconds = 3_000_000,
        };
        TimeSpan now = TimeSpan.FromSeconds(10);

        Assert.Equal(TimeSpan.FromSeconds(13), retry.Next(full, 1, 1, TimeSpan.FromSeconds(14), now));
        Assert.Null(retry.Next(full, 1, 1, TimeSpan.FromSeconds(13), now));
        Assert.Null(retry.Next(full, 1, 0, TimeSpan.FromSeconds(14), now));
        EndMeta plain = full with { RetryAfterMicroseconds = 0 };
        for (int attempt = 1; attempt < 12; attempt++)
        {
            TimeSpan wait = retry.Next(plain, attempt, 1, TimeSpan.MaxValue, now)!.Value - now;
            Assert.InRange(wait.TotalMilliseconds, 0, Math.Min(1000, 10 * Math.Pow(2, attempt - 1)));
        }
    }
}
