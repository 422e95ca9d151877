// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Text;
using System.Threading.Tasks;
using PlugBroker.Wire;

namespace PlugBroker.Client.Tests;

public sealed class UnaryCallTests
{
    [Fact]
    public async Task ACallBringsTheWorkersReply()
    {
        await using var broker = new FakeBroker();
        Task<Reply> call = broker.Client.CallAsync("text.upper", "hello");
        BrokerConnection connection = await broker.OpenAsync();
        WireFrame request = await connection.ExpectAsync(FrameType.Request);
        await connection.SendAsync(
            Frames.Data(1, "HEL", FrameFlags.More), Frames.Data(1, "LO"),
            Frames.End(1, EndMeta.Ok with { ContentType = "text/plain", Metadata = [new("took", "3"), new("took", "4")] }));

        Reply reply = await call.Guarded();

        Assert.Equal("HELLO", reply.ReadText());
        Assert.Equal("text/plain", reply.ContentType);
        Assert.Equal([new("took", "3"), new("took", "4")], reply.Metadata);
        Assert.Equal(1, reply.Attempts);
        Assert.Equal("hello", Encoding.UTF8.GetString(request.Payload));
        Assert.Equal("text.upper", Encoding.UTF8.GetString(request.Request.Route));
        Assert.Equal(FrameFlags.EndStream, request.Header.Flags);
    }

    [Fact]
    public async Task AReplyWithoutAMessageIsEmpty()
    {
        await using var broker = new FakeBroker();
        Task<Reply> call = broker.Client.CallAsync("a", ReadOnlyMemory<byte>.Empty);
        BrokerConnection connection = await broker.OpenAsync();
        await connection.ExpectAsync(FrameType.Request);
        await connection.SendAsync(Frames.End(1, EndMeta.Ok));

        Assert.True((await call.Guarded()).Payload.IsEmpty);
    }

    [Fact]
    public async Task AFailureCarriesAllThatTheWorkerSaid()
    {
        await using var broker = new FakeBroker();
        Task<Reply> call = broker.Client.CallAsync("a", "x");
        BrokerConnection connection = await broker.OpenAsync();
        await connection.ExpectAsync(FrameType.Request);
        await connection.SendAsync(Frames.Data(1, "half", FrameFlags.More), Frames.End(1, new EndMeta(StatusCode.Aborted, "busy", RetryClass.AfterBackoff)
        {
            Detail = new byte[] { 1, 2 },
            RetryAfterMicroseconds = 1_500_000,
            Metadata = [new("k", "v")],
        }));

        PlugBrokerException failure = await Assert.ThrowsAsync<PlugBrokerException>(() => call.Guarded());

        Assert.Equal(StatusCode.Aborted, failure.Status);
        Assert.Equal("busy", failure.Message);
        Assert.Equal(RetryAdvice.AfterBackoff, failure.Retry);
        Assert.Equal(CallOrigin.Worker, failure.Origin);
        Assert.True(failure.WorkerReceived);
        Assert.Equal([1, 2], failure.Detail.ToArray());
        Assert.Equal(TimeSpan.FromSeconds(1.5), failure.RetryAfter);
        Assert.Equal([new("k", "v")], failure.Metadata);
    }

    [Fact]
    public async Task ARequestCarriesWhatItsOptionsSayAndTheCurrentActivity()
    {
        await using var broker = new FakeBroker();
        using var activity = new Activity("test");
        activity.SetIdFormat(ActivityIdFormat.W3C);
        activity.TraceStateString = "vendor=1";
        activity.Start();
        Task<Reply> call = broker.Client.CallAsync("a", "x", new CallOptions
        {
            ContentType = "text/plain",
            IdempotencyKey = "order-7",
            Metadata = [new("tenant", "blue")],
            Deadline = TimeSpan.FromSeconds(2),
        });
        BrokerConnection connection = await broker.OpenAsync();

        WireFrame request = await connection.EchoAsync();

        await call.Guarded();
        Assert.Equal("text/plain", request.Request.ContentType);
        Assert.Equal("order-7", request.Request.IdempotencyKey);
        Assert.Equal([new KeyValuePair<string, string>("tenant", "blue")], request.Request.Metadata!);
        Assert.Equal(activity.Id, request.Request.TraceParent);
        Assert.Equal("vendor=1", request.Request.TraceState);
        Assert.Equal(1_980_000UL, request.Header.DeadlineMicroseconds);
    }

    [Fact]
    public async Task ALargeRequestWaitsForCredit()
    {
        await using var broker = new FakeBroker();
        byte[] payload = Frames.Bytes(20_000);
        Task<Reply> call = broker.Client.CallAsync("a", payload);
        BrokerConnection connection = await broker.OpenAsync(streamWindow: 8_000);
        var received = new MemoryStream();
        WireFrame frame = await connection.ExpectAsync(FrameType.Request);
        while (true)
        {
            received.Write(frame.Payload);
            if (frame.Header.EndsStream)
            {
                break;
            }

            Assert.True(frame.Header.Charge <= 8_000);
            await connection.SendAsync(Frames.Window(1, (uint)frame.Header.Charge));
            frame = await connection.ExpectAsync(FrameType.Data);
        }

        await connection.SendAsync(Frames.End(1, EndMeta.Ok));
        await call.Guarded();

        Assert.Equal(payload, received.ToArray());
    }

    [Fact]
    public async Task ASecondMessageEndsTheCallAndCancelsIt()
    {
        await using var broker = new FakeBroker();
        Task<Reply> call = broker.Client.CallAsync("a", "x");
        BrokerConnection connection = await broker.OpenAsync();
        await connection.ExpectAsync(FrameType.Request);
        await connection.SendAsync(Frames.Data(1, "one"), Frames.Data(1, "two"));

        PlugBrokerException failure = await Assert.ThrowsAsync<PlugBrokerException>(() => call.Guarded());

        Assert.Equal((StatusCode.Unimplemented, "the route answers with a stream"), (failure.Status, failure.Message));
        Assert.Equal(1UL, (await connection.ExpectAsync(FrameType.Cancel)).Header.StreamId);
    }

    [Fact]
    public async Task MessagesBeyondMaxPayloadAreRefused()
    {
        await using var broker = new FakeBroker(options => options.MaxPayload = 5_000);
        Task<Reply> large = broker.Client.CallAsync("a", new byte[5_001]);
        Task<Reply> fits = broker.Client.CallAsync("a", new byte[5_000]);
        BrokerConnection connection = await broker.OpenAsync();
        await connection.ExpectAsync(FrameType.Request);
        await connection.SendAsync(Frames.Data(1, new byte[5_001]));

        PlugBrokerException request = await Assert.ThrowsAsync<PlugBrokerException>(() => large.Guarded());
        PlugBrokerException reply = await Assert.ThrowsAsync<PlugBrokerException>(() => fits.Guarded());

        Assert.Equal(
            (StatusCode.ResourceExhausted, "the request is larger than the 5000 bytes that one may have"),
            (request.Status, request.Message));
        Assert.Equal(
            (StatusCode.ResourceExhausted, "the reply is larger than the 5000 bytes that one may have"),
            (reply.Status, reply.Message));
        Assert.False(request.WorkerReceived);
        Assert.True(reply.WorkerReceived);
    }

    [Fact]
    public async Task ACallThatIsWrongEndsWithoutAConnection()
    {
        await using var broker = new FakeBroker();
        PlugBrokerClient client = broker.Client;
        (Task<Reply> Call, string Words)[] wrong =
        [
            (client.CallAsync("no such", "x"), "a route is 1 to 255 bytes of A-Z a-z 0-9 . _ - /"),
            (client.CallAsync("", "x"), "a route is 1 to 255 bytes of A-Z a-z 0-9 . _ - /"),
            (client.CallAsync("a", "x", new() { ContentType = new string('x', 256) }), "the content type is longer than 255 bytes"),
            (client.CallAsync("a", "x", new() { IdempotencyKey = new string('x', 65) }), "the idempotency key is longer than 64 bytes"),
            (client.CallAsync("a", "x", new() { Deadline = TimeSpan.Zero }), "a deadline is 1 microsecond to 24 hours"),
            (client.CallAsync("a", "x", new() { Deadline = TimeSpan.MaxValue }), "a deadline is 1 microsecond to 24 hours"),
            (client.CallAsync("a", "x", new() { RetryAttempts = 6 }), "a call is sent again at most 5 times"),
            (client.CallAsync("a", "x", new() { Metadata = [new("K", "v")] }), "'K' is not a metadata key with a value: a key is 1 to 64 characters of a-z 0-9 . _ -."),
        ];

        foreach ((Task<Reply> call, string words) in wrong)
        {
            PlugBrokerException failure = await Assert.ThrowsAsync<PlugBrokerException>(() => call.Guarded());
            Assert.Equal((StatusCode.InvalidArgument, words), (failure.Status, failure.Message));
        }

        Assert.Equal(0, broker.Attempts);
    }

    [Fact]
    public async Task CallsShareOneConnectionAndEndInAnyOrder()
    {
        await using var broker = new FakeBroker();
        Task<Reply> first = broker.Client.CallAsync("a", "1");
        BrokerConnection connection = await broker.OpenAsync();
        await connection.ExpectAsync(FrameType.Request);
        Task<Reply> second = broker.Client.CallAsync("a", "2");
        await connection.ExpectAsync(FrameType.Request);
        await connection.SendAsync(Frames.Data(2, "two"), Frames.End(2, EndMeta.Ok));
        Assert.Equal("two", (await second.Guarded()).ReadText());
        Assert.False(first.IsCompleted);
        await connection.SendAsync(Frames.Data(1, "one"), Frames.End(1, EndMeta.Ok));

        Assert.Equal("one", (await first.Guarded()).ReadText());
        Assert.Equal(1, broker.Attempts);
    }

    [Fact]
    public async Task CallsBeyondTheServersStreamsWaitForAPlace()
    {
        await using var broker = new FakeBroker();
        Task<Reply> first = broker.Client.CallAsync("a", "1");
        Task<Reply> second = broker.Client.CallAsync("a", "2");
        BrokerConnection connection = await broker.OpenAsync(maxStreams: 1);
        WireFrame one = await connection.EchoAsync();
        await first.Guarded();
        WireFrame two = await connection.EchoAsync();
        await second.Guarded();

        Assert.Equal((1UL, 2UL), (one.Header.StreamId, two.Header.StreamId));
    }

    [Fact]
    public async Task TheWaitingVariantReturnsTheSame()
    {
        await using var broker = new FakeBroker();
        Task<Reply> call = Task.Run(() => broker.Client.Call("a", Encoding.UTF8.GetBytes("x")));
        await (await broker.OpenAsync()).EchoAsync();

        Assert.Equal("x", (await call.Guarded()).ReadText());
    }
}
