// SPDX-License-Identifier: Apache-2.0
using System;
using System.Threading.Tasks;

namespace PlugBroker.Worker.Tests;

/// <summary>BrokerEnd fails every test in which the worker spends more credit than it has.</summary>
public sealed class FlowControlTests
{
    private const int MaxPayload = 64 * 1024 * 1024;

    [Fact]
    public async Task A_reply_of_64_MiB_arrives_whole_from_a_broker_that_grants_slowly()
    {
        byte[] payload = Pattern(MaxPayload);
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(
            routes => routes.Map("big", _ => Reply.Bytes(payload)), streamWindow: 65_568, connectionWindow: 65_568);

        CallResult result = await broker.CallAsync(1, "big");

        Assert.Equal(StatusCode.Ok, result.Status);
        Assert.True(payload.AsSpan().SequenceEqual(result.Payload));
    }

    [Fact]
    public async Task A_reply_of_one_byte_more_than_64_MiB_is_refused_as_resource_exhausted()
    {
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(
            routes => routes.Map("big", _ => Reply.Bytes(new byte[MaxPayload + 1])));

        CallResult result = await broker.CallAsync(1, "big");

        Assert.Equal(StatusCode.ResourceExhausted, result.Status);
        Assert.Equal((0UL, 3UL, 1UL), (result.Retry, result.Origin, result.WorkerReceived));
        Assert.Empty(result.Payload);
    }

    [Theory]
    [InlineData(1000, StatusCode.Ok)]
    [InlineData(1001, StatusCode.ResourceExhausted)]
    public async Task The_brokers_own_limit_for_replies_is_kept(int size, StatusCode status)
    {
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(
            routes => routes.Map("big", _ => Reply.Bytes(new byte[size])), maxPayload: 1000);

        Assert.Equal(status, (await broker.CallAsync(1, "big")).Status);
    }

    [Fact]
    public async Task A_broker_that_lets_messages_be_larger_than_64_MiB_has_a_worker_that_takes_and_sends_them()
    {
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(
            routes => routes.Map("echo", request => Reply.Bytes(request.Payload)), maxPayload: MaxPayload + 1);

        await SendInCreditAsync(broker, 1, "echo", new byte[MaxPayload + 1]);
        CallResult result = await broker.ReadResultAsync(1);

        Assert.Equal((StatusCode.Ok, MaxPayload + 1), (result.Status, result.Payload.Length));
    }

    [Fact]
    public async Task A_request_of_64_MiB_is_taken_and_its_credit_comes_back()
    {
        byte[] payload = Pattern(MaxPayload);
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(
            routes => routes.Map("sum", request => Reply.Text(request.Payload.Span.SequenceEqual(payload) ? "same" : "other")));

        await SendInCreditAsync(broker, 1, "sum", payload);
        CallResult result = await broker.ReadResultAsync(1);

        Assert.Equal("same"u8.ToArray(), result.Payload);
    }

    [Fact]
    public async Task A_request_of_one_byte_more_is_refused_and_the_worker_serves_on()
    {
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(
            routes => routes.Map("echo", request => Reply.Bytes(request.Payload)));

        await SendInCreditAsync(broker, 1, "echo", new byte[MaxPayload + 1]);
        CallResult result = await broker.ReadResultAsync(1);
        CallResult next = await broker.CallAsync(2, "echo", [4]);

        Assert.Equal(StatusCode.ResourceExhausted, result.Status);
        Assert.Equal((0UL, 3UL, 1UL), (result.Retry, result.Origin, result.WorkerReceived));
        Assert.Equal([4], next.Payload);
    }

    [Fact]
    public async Task A_reply_without_stream_credit_does_not_stall_another()
    {
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(
            routes => routes
                .Map("big", _ => Reply.Bytes(new byte[100_000]))
                .Map("echo", request => Reply.Bytes(request.Payload)),
            concurrency: 2, streamWindow: 4128);
        await broker.SendAsync(Bytes.RequestFrame(1, "big"));
        WireFrame stalled = await broker.ReadPastWindowsAsync();

        CallResult other = await broker.CallAsync(2, "echo", [1, 2]);
        await broker.GrantAsync(1, 200_000);
        CallResult rest = await broker.ReadResultAsync(1);

        Assert.Equal([1, 2], other.Payload);
        Assert.Equal(100_000, stalled.Payload.Length + rest.Payload.Length);
    }

    [Fact]
    public async Task An_outcome_without_bytes_needs_no_credit()
    {
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(
            routes => routes
                .Map("big", _ => Reply.Bytes(new byte[100_000]))
                .Map("fail", Reply (_) => throw new CallFailedException(StatusCode.Aborted, "no")),
            concurrency: 2, connectionWindow: 4128);
        await broker.SendAsync(Bytes.RequestFrame(1, "big"));
        await broker.ReadPastWindowsAsync();

        CallResult result = await broker.CallAsync(2, "fail");

        Assert.Equal(StatusCode.Aborted, result.Status);
    }

    [Fact]
    public async Task Replies_that_wait_for_the_connection_take_turns_by_the_chunk()
    {
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(
            routes => routes.Map("big", _ => Reply.Bytes(new byte[200_000])),
            concurrency: 2, streamWindow: 4128, connectionWindow: 2 * 4128, maxChunk: 4096);
        await broker.SendAsync(Bytes.RequestFrame(1, "big"), Bytes.RequestFrame(2, "big"));
        await broker.ReadPastWindowsAsync();
        ulong last = (await broker.ReadPastWindowsAsync()).Stream;
        await broker.GrantAsync(last, 200_000);
        await broker.GrantAsync(3 - last, 200_000);

        // The first turn is that of the stream that was granted credit first.
        last = 3 - last;
        for (int turn = 0; turn < 20; turn++)
        {
            await broker.GrantAsync(0, 4128);
            WireFrame frame = await broker.ReadPastWindowsAsync();
            Assert.Equal(3 - last, frame.Stream);
            last = frame.Stream;
        }
    }

    [Fact]
    public async Task No_chunk_is_larger_than_the_broker_takes()
    {
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(
            routes => routes.Map("big", _ => Reply.Bytes(new byte[9000])), maxChunk: 4096);
        await broker.SendAsync(Bytes.RequestFrame(1, "big"));

        int[] sizes = [await SizeAsync(broker), await SizeAsync(broker), await SizeAsync(broker)];

        Assert.Equal([4096, 4096, 808], sizes);
    }

    [Fact]
    public async Task Dropped_bytes_give_their_connection_credit_back()
    {
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(
            routes => routes.Map("echo", request => Reply.Bytes(request.Payload)));
        await broker.CallAsync(1, "echo");

        // More than the connection's whole window, on a stream that has ended.
        const long charge = 32 + (32 * 65_536);
        long returned = 0;
        for (int frame = 0; frame < 32; frame++)
        {
            await broker.SendAsync(Bytes.Frame(Bytes.Data, 1, Bytes.More, payload: new byte[65_536 - 32]));
        }

        while (returned < charge)
        {
            WireFrame window = await broker.ReadAsync();
            Assert.Equal((Bytes.Window, 0UL), (window.Type, window.Stream));
            returned += (long)window.Number(0x0050);
        }

        Assert.Equal(charge, returned);
    }

    private static async Task<int> SizeAsync(BrokerEnd broker) => (await broker.ReadPastWindowsAsync()).Payload.Length;

    /// <summary>Sends a whole request as the broker must: never beyond the worker's windows.</summary>
    internal static async Task SendInCreditAsync(BrokerEnd broker, ulong stream, string route, byte[] payload)
    {
        long streamCredit = 131_072;
        long connectionCredit = 1_048_576;
        for (int at = 0; at < payload.Length;)
        {
            int size = Math.Min(65_536, payload.Length - at);
            while (Math.Min(streamCredit, connectionCredit) < size + 32)
            {
                WireFrame window = await broker.ReadAsync();
                Assert.Equal(Bytes.Window, window.Type);
                connectionCredit += window.Stream == 0 ? (long)window.Number(0x0050) : 0;
                streamCredit += window.Stream == stream ? (long)window.Number(0x0050) : 0;
            }

            byte[] chunk = payload[at..(at + size)];
            ushort flags = at + size == payload.Length ? Bytes.EndStream : Bytes.More;
            await broker.SendAsync(at == 0
                ? Bytes.RequestFrame(stream, route, chunk, flags)
                : Bytes.Frame(Bytes.Data, stream, flags, payload: chunk));
            at += size;
            streamCredit -= size + 32;
            connectionCredit -= size + 32;
        }
    }

    private static byte[] Pattern(int size)
    {
        byte[] bytes = new byte[size];
        new Random(7).NextBytes(bytes);
        return bytes;
    }
}
