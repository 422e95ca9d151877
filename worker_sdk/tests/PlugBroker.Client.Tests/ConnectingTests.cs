// SPDX-License-Identifier: Apache-2.0
using System;
using System.Threading.Tasks;
using PlugBroker.Client.Core;
using PlugBroker.Wire;

namespace PlugBroker.Client.Tests;

public sealed class ConnectingTests
{
    private static readonly ConnectFailure _starting = new(ConnectFailureKind.Starting, "it is starting");

    public static TheoryData<int, StatusCode, RetryAdvice> FinalForACall => new()
    {
        { (int)ConnectFailureKind.NotInstalled, StatusCode.FailedPrecondition, RetryAdvice.AfterBackoff },
        { (int)ConnectFailureKind.Stopped, StatusCode.Unavailable, RetryAdvice.AfterBackoff },
        { (int)ConnectFailureKind.Unreachable, StatusCode.Unavailable, RetryAdvice.AfterBackoff },
        { (int)ConnectFailureKind.AccessDenied, StatusCode.PermissionDenied, RetryAdvice.Never },
        { (int)ConnectFailureKind.WrongOwner, StatusCode.PermissionDenied, RetryAdvice.Never },
    };

    [Theory]
    [MemberData(nameof(FinalForACall))]
    public async Task AFailureThatWaitingDoesNotMendEndsTheCallAtOnce(int kind, StatusCode status, RetryAdvice retry)
    {
        await using var broker = new FakeBroker();
        broker.FailNext(new ConnectFailure((ConnectFailureKind)kind, "the reason"));

        PlugBrokerException failure =
            await Assert.ThrowsAsync<PlugBrokerException>(() => broker.Client.CallAsync("a", "x").Guarded());

        Assert.Equal((status, "the reason", retry), (failure.Status, failure.Message, failure.Retry));
        Assert.Equal((CallOrigin.Client, false, 0), (failure.Origin, failure.WorkerReceived, failure.Attempts));
    }

    [Fact]
    public async Task ACallWaitsForAServiceThatIsStartingOrBusy()
    {
        await using var broker = new FakeBroker();
        broker.FailNext(_starting, new ConnectFailure(ConnectFailureKind.Busy, "busy"), _starting);
        Task<Reply> call = broker.Client.CallAsync("a", "x");
        Task<BrokerConnection> opening = broker.OpenAsync();
        await broker.AdvanceUntilAsync(opening);
        await (await opening).EchoAsync();

        Assert.Equal("x", (await call.Guarded()).ReadText());
        Assert.Equal(4, broker.Attempts);
    }

    [Fact]
    public async Task WaitForReadyWaitsForAServiceThatIsNotInstalled()
    {
        await using var broker = new FakeBroker();
        broker.FailNext(
            new ConnectFailure(ConnectFailureKind.NotInstalled, "not installed"),
            new ConnectFailure(ConnectFailureKind.Stopped, "stopped"));
        Task<Reply> call = broker.Client.CallAsync("a", "x", new() { WaitForReady = true });
        Task ready = broker.Client.WaitForReadyAsync(TimeSpan.FromSeconds(60));
        Task<BrokerConnection> opening = broker.OpenAsync();
        await broker.AdvanceUntilAsync(opening);
        await ready.Guarded();
        await (await opening).EchoAsync();

        await call.Guarded();
        Assert.Equal(3, broker.Attempts);
    }

    [Fact]
    public async Task WaitForReadyEndsAtOnceWhereWaitingCannotHelp()
    {
        await using var broker = new FakeBroker();
        broker.FailNext(new ConnectFailure(ConnectFailureKind.WrongOwner, "it belongs to S-1-5-7"));

        PlugBrokerException failure = await Assert.ThrowsAsync<PlugBrokerException>(
            () => broker.Client.WaitForReadyAsync(TimeSpan.FromSeconds(60)).Guarded());

        Assert.Equal((StatusCode.PermissionDenied, "it belongs to S-1-5-7"), (failure.Status, failure.Message));
    }

    [Fact]
    public async Task WaitForReadyNamesTheLastFailureWhenTimeIsUp()
    {
        await using var broker = new FakeBroker();
        broker.FailNext(_starting);
        Task ready = broker.Client.WaitForReadyAsync(TimeSpan.FromMilliseconds(4));
        await broker.AdvanceUntilAsync(ready);

        PlugBrokerException failure = await Assert.ThrowsAsync<PlugBrokerException>(() => ready);

        Assert.Equal((StatusCode.Unavailable, "not ready in time: it is starting"), (failure.Status, failure.Message));
    }

    [Fact]
    public async Task ARefusalIsTheServicesOwn()
    {
        await using var broker = new FakeBroker();
        Task<Reply> call = broker.Client.CallAsync("a", "x");
        BrokerConnection connection = await broker.AcceptAsync();
        await connection.ReadAsync();
        await connection.SendAsync(Frames.Refusal(StatusCode.PermissionDenied, "no"));

        PlugBrokerException failure = await Assert.ThrowsAsync<PlugBrokerException>(() => call.Guarded());

        Assert.Equal((StatusCode.PermissionDenied, CallOrigin.Broker), (failure.Status, failure.Origin));
        Assert.Equal(RetryAdvice.Never, failure.Retry);
        Assert.StartsWith("the service refused: ", failure.Message, StringComparison.Ordinal);
        Assert.Contains("wire versions 1 to 3, this library 1", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatIsNoPlugBrokerGetsNothingBeyondTheHello()
    {
        await using var broker = new FakeBroker();
        Task<Reply> call = broker.Client.CallAsync("a", "x");
        BrokerConnection connection = await broker.AcceptAsync();
        await connection.ReadAsync();
        await connection.SendAsync("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"u8.ToArray());

        PlugBrokerException failure = await Assert.ThrowsAsync<PlugBrokerException>(() => call.Guarded());

        Assert.Equal(StatusCode.FailedPrecondition, failure.Status);
        Assert.StartsWith("what answers on the pipe is no PlugBroker service: ", failure.Message, StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<Exception>(() => connection.ReadAsync());
    }

    [Fact]
    public async Task AServiceThatSaysNothingIsLeft()
    {
        await using var broker = new FakeBroker();
        Task ready = broker.Client.WaitForReadyAsync(TimeSpan.FromSeconds(60));
        BrokerConnection silent = await broker.AcceptAsync();
        await silent.ReadAsync();
        broker.Time.Advance(ClientSession.OpeningTimeout);
        await silent.WaitForEndAsync();
        Task<BrokerConnection> opening = broker.OpenAsync();
        await broker.AdvanceUntilAsync(opening);

        await ready.Guarded();
    }

    [Fact]
    public async Task ALostConnectionEndsWhatWasSentAndTheNextCallConnectsAgain()
    {
        await using var broker = new FakeBroker();
        Task<Reply> call = broker.Client.CallAsync("a", "x");
        BrokerConnection connection = await broker.OpenAsync();
        await connection.ExpectAsync(FrameType.Request);
        connection.Close();

        PlugBrokerException failure = await Assert.ThrowsAsync<PlugBrokerException>(() => call.Guarded());
        Task<Reply> next = broker.Client.CallAsync("a", "y");
        Task<BrokerConnection> opening = broker.OpenAsync();
        await broker.AdvanceUntilAsync(opening);
        await (await opening).EchoAsync();

        Assert.Equal((StatusCode.Unavailable, RetryAdvice.Never), (failure.Status, failure.Retry));
        Assert.True(failure.WorkerReceived);
        Assert.StartsWith("the connection to the service was lost", failure.Message, StringComparison.Ordinal);
        Assert.Equal("y", (await next.Guarded()).ReadText());
    }

    [Fact]
    public async Task TheLogTellsConnectionsAndTheirFailuresOnce()
    {
        await using var broker = new FakeBroker();
        broker.FailNext(_starting, _starting, _starting);
        Task ready = broker.Client.WaitForReadyAsync(TimeSpan.FromSeconds(60));
        Task<BrokerConnection> opening = broker.OpenAsync();
        await broker.AdvanceUntilAsync(opening);
        await ready.Guarded();
        await broker.Client.DisposeAsync();

        Assert.Equal(["Warning: it is starting", "Information: connected to fake "], broker.Log);
    }

    [Fact]
    public async Task ALogThatThrowsHarmsNoCall()
    {
        await using var broker = new FakeBroker(options => options.Log = (_, _) => throw new InvalidOperationException());
        Task<Reply> call = broker.Client.CallAsync("a", "x");
        await (await broker.OpenAsync()).EchoAsync();

        Assert.Equal("x", (await call.Guarded()).ReadText());
    }

    [Fact]
    public void BackoffDoublesUpToItsBoundAndStartsAnewAfterASuccess()
    {
        var backoff = new ConnectBackoff(new Random(7));
        double[] bounds = [10, 20, 40, 80, 160, 320, 500, 500];
        foreach (double bound in bounds)
        {
            Assert.InRange(backoff.Next().TotalMilliseconds, bound / 2, bound);
        }

        backoff.Reset();

        Assert.InRange(backoff.Next().TotalMilliseconds, 5, 10);
    }
}
