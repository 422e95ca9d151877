// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;

namespace PlugBroker.Worker.Tests;

public sealed class StreamTests
{
    [Fact]
    public async Task Messages_keep_their_borders_both_ways_whatever_the_frames()
    {
        byte[] large = [.. Enumerable.Range(0, 9000).Select(at => (byte)at)];
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(
            routes => routes.MapStream("echo", EchoAsync), maxChunk: 4096);

        await broker.SendAsync(
            Bytes.OpenFrame(1, "echo"), Bytes.DataFrame(1, [1]), Bytes.DataFrame(1, []),
            Bytes.DataFrame(1, large[..5000], Bytes.More), Bytes.DataFrame(1, large[5000..], Bytes.More),
            Bytes.DataFrame(1, []), Bytes.DataFrame(1, [2, 3], Bytes.EndStream));
        (List<byte[]> messages, CallResult result) = await broker.ReadMessagesAsync(1);

        Assert.Equal([[1], [], large, [2, 3]], messages);
        Assert.Equal(StatusCode.Ok, result.Status);
    }

    [Fact]
    public async Task A_reply_begins_while_the_request_goes_on()
    {
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(routes => routes.MapStream("echo", EchoAsync));
        await broker.SendAsync(Bytes.OpenFrame(1, "echo"));

        for (byte turn = 0; turn < 10; turn++)
        {
            await broker.SendAsync(Bytes.DataFrame(1, [turn]));
            Assert.Equal([turn], (await broker.ReadMessageAsync(1)).Message!);
        }

        await broker.SendAsync(Bytes.HalfCloseFrame(1));
        Assert.Equal(StatusCode.Ok, (await broker.ReadMessagesAsync(1)).Result.Status);
    }

    [Fact]
    public async Task A_request_without_any_message_is_a_stream_that_ends_at_once()
    {
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(routes => routes.MapStream("echo", EchoAsync));

        await broker.SendAsync(Bytes.RequestFrame(1, "echo", flags: Bytes.NoMessage | Bytes.EndStream));
        (List<byte[]> messages, CallResult result) = await broker.ReadMessagesAsync(1);

        Assert.Empty(messages);
        Assert.Equal(StatusCode.Ok, result.Status);
    }

    [Fact]
    public async Task A_unary_caller_may_call_a_stream_route()
    {
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(routes => routes.MapStream("echo", EchoAsync));

        CallResult result = await broker.CallAsync(1, "echo", [9]);

        Assert.Equal([9], result.Payload);
    }

    [Fact]
    public async Task Progress_goes_out_message_by_message()
    {
        var step = new SemaphoreSlim(0);
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(
            routes => routes.MapServerStream("count", (request, cancellation) => CountAsync(request.Payload.Span[0], step, cancellation)));
        await broker.SendAsync(Bytes.RequestFrame(1, "count", [3]));

        for (byte at = 0; at < 3; at++)
        {
            step.Release();
            Assert.Equal([at], (await broker.ReadMessageAsync(1)).Message!);
        }

        Assert.Equal(StatusCode.Ok, (await broker.ReadMessagesAsync(1)).Result.Status);
    }

    [Fact]
    public async Task Many_messages_become_one_reply()
    {
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(routes => routes.MapClientStream("sum", SumAsync));

        await broker.SendAsync(
            Bytes.RequestFrame(1, "sum", [1], flags: 0), Bytes.DataFrame(1, [2, 3]), Bytes.DataFrame(1, [4], Bytes.EndStream));
        CallResult result = await broker.ReadResultAsync(1);

        Assert.Equal([10], result.Payload);
    }

    [Fact]
    public async Task A_handler_may_answer_before_it_has_read_all()
    {
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(routes => routes
            .MapClientStream("enough", (_, _) => new ValueTask<Reply>(Reply.Bytes(new byte[] { 1 })))
            .Map("echo", request => Reply.Bytes(request.Payload)));
        await broker.SendAsync(Bytes.OpenFrame(1, "enough"));

        CallResult first = await broker.ReadResultAsync(1);
        await broker.SendAsync(Bytes.DataFrame(1, [1]), Bytes.HalfCloseFrame(1));
        CallResult next = await broker.CallAsync(2, "echo", [2]);

        Assert.Equal([1], first.Payload);
        Assert.Equal([2], next.Payload);
    }

    [Fact]
    public async Task Messages_before_a_failure_arrive()
    {
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(
            routes => routes.MapServerStream("fail", (_, _) => TwoThenAsync(new KeyNotFoundException("no third"))));

        await broker.SendAsync(Bytes.RequestFrame(1, "fail"));
        (List<byte[]> messages, CallResult result) = await broker.ReadMessagesAsync(1);

        Assert.Equal([[1], [2]], messages);
        Assert.Equal(StatusCode.NotFound, result.Status);
    }

    [Fact]
    public async Task The_messages_of_a_request_are_enumerated_once()
    {
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(routes => routes.MapClientStream("twice", async (request, cancellation) =>
        {
            await foreach (ReadOnlySequence<byte> message in request.MessageSequences)
            {
            }

            await foreach (ReadOnlyMemory<byte> message in request.Messages)
            {
            }

            return Reply.Empty;
        }));

        CallResult result = await broker.CallAsync(1, "twice");

        Assert.Equal(StatusCode.Internal, result.Status);
        Assert.Contains("enumerated once", result.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_end_of_a_stream_carries_what_the_handler_says_of_it()
    {
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(routes => routes.MapStream("echo", (request, cancellation) =>
        {
            request.ReplyContentType = "text/x-lines";
            request.AddReplyMetadata("lines", "2");
            return EchoAsync(request, cancellation);
        }));

        CallResult result = await broker.CallAsync(1, "echo", [1]);

        Assert.Equal("text/x-lines", result.ContentType);
        Assert.Equal("\u0005lines2", result.End.Text(0x0034));
    }

    [Fact]
    public async Task A_message_larger_than_the_broker_takes_ends_the_call()
    {
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(
            routes => routes.MapStream("echo", EchoAsync), maxPayload: 10);

        await broker.SendAsync(Bytes.RequestFrame(1, "echo", new byte[10], flags: 0), Bytes.DataFrame(1, new byte[11], Bytes.EndStream));
        (List<byte[]> messages, CallResult result) = await broker.ReadMessagesAsync(1);

        Assert.Single(messages);
        Assert.Equal(StatusCode.ResourceExhausted, result.Status);
    }

    [Fact]
    public async Task A_handler_that_takes_one_message_refuses_a_second()
    {
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(routes => routes.Map("one", request => Reply.Bytes(request.Payload)));

        await broker.SendAsync(Bytes.RequestFrame(1, "one", [1], flags: 0), Bytes.DataFrame(1, [2], Bytes.EndStream));
        CallResult result = await broker.ReadResultAsync(1);

        Assert.Equal(StatusCode.InvalidArgument, result.Status);
        Assert.Equal(3UL, result.Origin);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_handler_that_takes_one_message_waits_for_the_half_close(bool openedBefore)
    {
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(routes => routes.Map("one", request => Reply.Bytes(request.Payload)));

        await broker.SendAsync(openedBefore
            ? [Bytes.OpenFrame(1, "one"), Bytes.DataFrame(1, [1, 2]), Bytes.HalfCloseFrame(1)]
            : [Bytes.RequestFrame(1, "one", [1, 2], flags: 0), Bytes.HalfCloseFrame(1)]);
        CallResult result = await broker.ReadResultAsync(1);

        Assert.Equal([1, 2], result.Payload);
    }

    [Fact]
    public async Task No_message_is_an_empty_request_to_a_handler_that_takes_one()
    {
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(
            routes => routes.Map("size", request => Reply.Text($"{request.Payload.Length}")));

        await broker.SendAsync(Bytes.RequestFrame(1, "size", flags: Bytes.NoMessage | Bytes.EndStream));
        CallResult result = await broker.ReadResultAsync(1);

        Assert.Equal("0"u8.ToArray(), result.Payload);
    }

    [Theory]
    [InlineData("one")]
    [InlineData("echo")]
    public async Task NO_MESSAGE_inside_a_message_is_a_protocol_error(string route)
    {
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(routes => routes
            .Map("one", request => Reply.Bytes(request.Payload))
            .MapStream("echo", EchoAsync));

        await broker.SendAsync(Bytes.RequestFrame(1, route, [1], Bytes.More), Bytes.HalfCloseFrame(1));

        Assert.Equal(WorkerExitCode.ProtocolError, await broker.ExitCode.Guarded());
    }

    internal static async IAsyncEnumerable<ReadOnlyMemory<byte>> EchoAsync(
        StreamRequest request, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (ReadOnlySequence<byte> message in request.MessageSequences.WithCancellation(cancellation))
        {
            yield return message.ToArray();
        }
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> CountAsync(
        int to, SemaphoreSlim step, [EnumeratorCancellation] CancellationToken cancellation)
    {
        for (int at = 0; at < to; at++)
        {
            await step.WaitAsync(cancellation);
            yield return new byte[] { (byte)at };
        }
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> TwoThenAsync(Exception failure)
    {
        yield return new byte[] { 1 };
        await Task.Yield();
        yield return new byte[] { 2 };
        throw failure;
    }

    private static async ValueTask<Reply> SumAsync(StreamRequest request, CancellationToken cancellation)
    {
        int sum = 0;
        await foreach (ReadOnlyMemory<byte> message in request.Messages.WithCancellation(cancellation))
        {
            sum += message.ToArray().Sum(value => value);
        }

        return Reply.Bytes(new[] { (byte)sum });
    }
}
