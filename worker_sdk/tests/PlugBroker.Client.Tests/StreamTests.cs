// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PlugBroker.Wire;

namespace PlugBroker.Client.Tests;

public sealed class StreamTests
{
    private static readonly CallOptions _options = new() { Deadline = TimeSpan.FromMinutes(1) };

    [Fact]
    public async Task AStreamOpensBeforeItsFirstMessageAndKeepsTheBordersOfBothDirections()
    {
        await using var broker = new FakeBroker();
        await using ClientStream stream = broker.Client.OpenStream("chat", _options);
        BrokerConnection connection = await broker.OpenAsync();
        WireFrame request = await connection.ExpectAsync(FrameType.Request);
        await stream.WriteAsync("a"u8.ToArray());
        WireFrame a = await connection.ExpectAsync(FrameType.Data);
        await stream.WriteAsync(ReadOnlyMemory<byte>.Empty);
        WireFrame empty = await connection.ExpectAsync(FrameType.Data);
        await stream.CompleteWritingAsync();
        WireFrame halfClose = await connection.ExpectAsync(FrameType.Data);
        await connection.SendAsync(
            Frames.Data(1, "A"), Frames.Data(1, ""), Frames.Data(1, "B", FrameFlags.More), Frames.Data(1, "C"),
            Frames.End(1, EndMeta.Ok with { Metadata = [new("n", "3")] }));

        List<string> messages = await ReadTextsAsync(stream);
        Reply result = await stream.GetResultAsync().Guarded();

        Assert.Equal(["A", "", "BC"], messages);
        Assert.Equal([new("n", "3")], result.Metadata);
        Assert.Equal(FrameFlags.NoMessage, request.Header.Flags);
        Assert.Equal((FrameFlags.None, "a"), (a.Header.Flags, Encoding.UTF8.GetString(a.Payload)));
        Assert.Equal((FrameFlags.None, 0), (empty.Header.Flags, empty.Payload.Length));
        Assert.Equal(FrameFlags.NoMessage | FrameFlags.EndStream, halfClose.Header.Flags);
    }

    [Fact]
    public async Task WhatIsWrittenBeforeThereIsAConnectionGoesWithTheRequest()
    {
        await using var broker = new FakeBroker();
        await using ClientStream stream = broker.Client.OpenStream("chat", _options);
        await stream.WriteAsync("one"u8.ToArray());
        await stream.WriteAsync("two"u8.ToArray());
        await stream.CompleteWritingAsync();
        BrokerConnection connection = await broker.OpenAsync();

        WireFrame request = await connection.ExpectAsync(FrameType.Request);
        WireFrame data = await connection.ExpectAsync(FrameType.Data);

        Assert.Equal((FrameFlags.None, "one"), (request.Header.Flags, Encoding.UTF8.GetString(request.Payload)));
        Assert.Equal((FrameFlags.EndStream, "two"), (data.Header.Flags, Encoding.UTF8.GetString(data.Payload)));
    }

    [Fact]
    public async Task AWriterWaitsForTheWorkerAndStoresNoMoreThanAWindow()
    {
        await using var broker = new FakeBroker();
        await using ClientStream stream = broker.Client.OpenStream("chat", _options);
        BrokerConnection connection = await broker.OpenAsync(streamWindow: 8_000);
        await connection.ExpectAsync(FrameType.Request);
        byte[] message = new byte[40_000];
        int written = 0;
        Task write;
        while ((write = stream.WriteAsync(message).AsTask()).IsCompleted)
        {
            written += message.Length;
        }

        Assert.InRange(written, 128 * 1024, (128 * 1024) + message.Length + 8_000);
        int received = 0;
        while (!write.IsCompleted)
        {
            WireFrame data = await connection.ExpectAsync(FrameType.Data);
            received += data.Payload.Length;
            await connection.SendAsync(Frames.Window(1, (uint)data.Header.Charge));
        }

        await write.Guarded();
        Assert.True(received > 0);
    }

    [Fact]
    public async Task AWriteMayBeGivenUpAndTheCallGoesOn()
    {
        await using var broker = new FakeBroker();
        await using ClientStream stream = broker.Client.OpenStream("chat", _options);
        using var cancel = new CancellationTokenSource();
        byte[] message = new byte[200_000];
        await stream.WriteAsync(message);
        Task write = stream.WriteAsync(message, cancel.Token).AsTask();
        Assert.False(write.IsCompleted);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => write.Guarded());
        await stream.CompleteWritingAsync();
        BrokerConnection connection = await broker.OpenAsync(streamWindow: 1_000_000);
        int received = (await connection.ExpectAsync(FrameType.Request)).Payload.Length;
        WireFrame data;
        do
        {
            data = await connection.ExpectAsync(FrameType.Data);
            received += data.Payload.Length;
        }
        while (!data.Header.EndsStream);

        Assert.Equal(message.Length, received);
    }

    [Fact]
    public async Task AReaderThatStopsHoldsUpItsOwnStreamAlone()
    {
        await using var broker = new FakeBroker();
        await using ClientStream slow = broker.Client.OpenStream("push", _options);
        BrokerConnection connection = await broker.OpenAsync();
        await connection.ExpectAsync(FrameType.Request);
        int messages = WireLimits.StreamWindow / (1_000 + WireLimits.FrameCharge);
        for (int at = 0; at < messages; at++)
        {
            await connection.SendAsync(Frames.Data(1, Frames.Bytes(1_000)));
        }

        Task<Reply> other = broker.Client.CallAsync("a", "x");
        WireFrame request = await connection.ReadAsync();
        Assert.Equal(FrameType.Request, request.Header.Type);
        await connection.SendAsync(Frames.Data(2, "y"), Frames.End(2, EndMeta.Ok));
        await other.Guarded();
        for (int at = 0; at < messages; at++)
        {
            Assert.Equal(1_000, (await slow.ReadAsync().AsTask().Guarded())!.Value.Length);
        }

        WireFrame window = await connection.ReadAsync();
        Assert.Equal((FrameType.Window, 1UL), (window.Header.Type, window.Header.StreamId));
    }

    [Fact]
    public async Task MoreThanTheWindowEndsTheConnection()
    {
        await using var broker = new FakeBroker();
        await using ClientStream stream = broker.Client.OpenStream("push", _options);
        BrokerConnection connection = await broker.OpenAsync();
        await connection.ExpectAsync(FrameType.Request);
        for (int at = 0; at < 3; at++)
        {
            await connection.SendAsync(Frames.Data(1, new byte[60_000]));
        }

        PlugBrokerException failure =
            await Assert.ThrowsAsync<PlugBrokerException>(() => stream.GetResultAsync().Guarded());

        Assert.Equal(StatusCode.Unavailable, failure.Status);
        await connection.ExpectAsync(FrameType.GoAway);
        await connection.WaitForEndAsync();
    }

    [Fact]
    public async Task AMessageLargerThanTheWindowComesWhole()
    {
        await using var broker = new FakeBroker();
        await using ClientStream stream = broker.Client.OpenStream("push", _options);
        BrokerConnection connection = await broker.OpenAsync();
        await connection.ExpectAsync(FrameType.Request);
        byte[] whole = Frames.Bytes(600_000);
        long credit = WireLimits.StreamWindow;
        for (int at = 0; at < whole.Length; at += 50_000)
        {
            while (credit < 50_032)
            {
                WireFrame window = await connection.ReadAsync();
                credit += window.Header.StreamId == 1 ? window.Credit : 0;
            }

            credit -= 50_032;
            byte[] part = whole[at..Math.Min(at + 50_000, whole.Length)];
            await connection.SendAsync(Frames.Data(1, part, at + 50_000 < whole.Length ? FrameFlags.More : FrameFlags.None));
        }

        Assert.Equal(whole, (await stream.ReadAsync().AsTask().Guarded())!.Value.ToArray());
    }

    [Fact]
    public async Task MessagesBeforeAFailureAreReadBeforeIt()
    {
        await using var broker = new FakeBroker();
        await using ClientStream stream = broker.Client.OpenStream("push", _options);
        BrokerConnection connection = await broker.OpenAsync();
        await connection.ExpectAsync(FrameType.Request);
        await connection.SendAsync(
            Frames.Data(1, "one"), Frames.Data(1, "cut", FrameFlags.More), Frames.End(1, StatusCode.DataLoss, "lost it"));

        ReadOnlyMemory<byte>? first = await stream.ReadAsync().AsTask().Guarded();
        PlugBrokerException read = await Assert.ThrowsAsync<PlugBrokerException>(() => stream.ReadAsync().AsTask().Guarded());
        PlugBrokerException write =
            await Assert.ThrowsAsync<PlugBrokerException>(() => stream.WriteAsync("x"u8.ToArray()).AsTask().Guarded());

        Assert.Equal("one", Encoding.UTF8.GetString(first!.Value.Span));
        Assert.Equal((StatusCode.DataLoss, "lost it"), (read.Status, read.Message));
        Assert.Equal(StatusCode.DataLoss, write.Status);
    }

    [Fact]
    public async Task WhatCannotBeWrittenAnyMoreIsSaid()
    {
        await using var broker = new FakeBroker(options => options.MaxPayload = 5_000);
        await using ClientStream stream = broker.Client.OpenStream("chat", _options);
        PlugBrokerException large =
            await Assert.ThrowsAsync<PlugBrokerException>(() => stream.WriteAsync(new byte[5_001]).AsTask());
        await stream.CompleteWritingAsync();
        PlugBrokerException closed =
            await Assert.ThrowsAsync<PlugBrokerException>(() => stream.WriteAsync(new byte[1]).AsTask());
        BrokerConnection connection = await broker.OpenAsync();
        WireFrame request = await connection.ExpectAsync(FrameType.Request);
        await connection.SendAsync(Frames.End(1, EndMeta.Ok));
        await stream.GetResultAsync().Guarded();
        PlugBrokerException ended =
            await Assert.ThrowsAsync<PlugBrokerException>(() => stream.WriteAsync(new byte[1]).AsTask());

        Assert.Equal(
            (StatusCode.ResourceExhausted, "the message is larger than the 5000 bytes that one may have"),
            (large.Status, large.Message));
        Assert.Equal((StatusCode.FailedPrecondition, "the request was half-closed"), (closed.Status, closed.Message));
        Assert.Equal(
            (StatusCode.FailedPrecondition, "the reply has ended: nothing more can be written"), (ended.Status, ended.Message));
        Assert.Equal(FrameFlags.NoMessage | FrameFlags.EndStream, request.Header.Flags);
    }

    [Fact]
    public async Task DisposingAnOpenStreamCancelsIt()
    {
        await using var broker = new FakeBroker();
        ClientStream stream = broker.Client.OpenStream("chat", _options);
        BrokerConnection connection = await broker.OpenAsync();
        await connection.ExpectAsync(FrameType.Request);
        await stream.DisposeAsync();

        Assert.Equal(1UL, (await connection.ExpectAsync(FrameType.Cancel)).Header.StreamId);
    }

    [Fact]
    public async Task TheStreamsTokenEndsItsReadersAndWriters()
    {
        await using var broker = new FakeBroker();
        using var cancel = new CancellationTokenSource();
        await using ClientStream stream = broker.Client.OpenStream("chat", _options, cancel.Token);
        BrokerConnection connection = await broker.OpenAsync();
        await connection.ExpectAsync(FrameType.Request);
        Task<ReadOnlyMemory<byte>?> read = stream.ReadAsync().AsTask();
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read.Guarded());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stream.WriteAsync(new byte[1]).AsTask().Guarded());
        await connection.ExpectAsync(FrameType.Cancel);
    }

    private static async Task<List<string>> ReadTextsAsync(ClientStream stream)
    {
        var texts = new List<string>();
        await foreach (ReadOnlyMemory<byte> message in stream.ReadAllAsync())
        {
            texts.Add(Encoding.UTF8.GetString(message.Span));
        }

        return texts;
    }
}
