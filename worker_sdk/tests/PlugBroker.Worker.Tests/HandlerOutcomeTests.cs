// SPDX-License-Identifier: Apache-2.0
using System;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace PlugBroker.Worker.Tests;

public sealed class HandlerOutcomeTests
{
    [Fact]
    public async Task A_reply_carries_its_bytes_and_its_content_type()
    {
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(
            routes => routes.Map("upper", request => Reply.Text(request.ReadText().ToUpperInvariant(), "text/x-upper")));

        CallResult result = await broker.CallAsync(1, "upper", "quiet"u8.ToArray());

        Assert.Equal("QUIET", Encoding.UTF8.GetString(result.Payload));
        Assert.Equal("text/x-upper", result.ContentType);
        Assert.Equal(StatusCode.Ok, result.Status);
        Assert.Equal((0UL, 3UL, 1UL), (result.Retry, result.Origin, result.WorkerReceived));
    }

    [Fact]
    public async Task An_empty_request_may_have_an_empty_reply_which_is_END_alone()
    {
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(
            routes => routes.Map("echo", request => Reply.Bytes(request.Payload)));

        await broker.SendAsync(Bytes.RequestFrame(1, "echo"));
        WireFrame frame = await broker.ReadAsync();

        Assert.Equal(Bytes.End, frame.Type);
        Assert.Equal(0UL, frame.Number(0x0040));
    }

    [Fact]
    public async Task A_request_reaches_the_handler_with_all_that_the_caller_sent()
    {
        Request? seen = null;
        string text = "";
        byte[] trace = Convert.FromHexString("0af7651916cd43dd8448eb211c80319cb7ad6b716920333101");
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(routes => routes.Map("look", request =>
        {
            seen = request;
            text = request.ReadText();
            return Reply.Empty;
        }));

        await broker.SendAsync(Bytes.RequestFrame(
            1, "look", "abc"u8.ToArray(), moreMeta: [.. Bytes.Tlv(0x0030, trace), .. Bytes.Text(0x0031, "text/plain")]));
        await broker.ReadResultAsync(1);

        Assert.NotNull(seen);
        Assert.Equal("look", seen.Route);
        Assert.Equal("abc", text);
        Assert.Equal("text/plain", seen.ContentType);
        Assert.Equal("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", seen.TraceParent);
        Assert.Equal(TimeSpan.FromSeconds(30), seen.TimeRemaining);
    }

    [Fact]
    public async Task A_payload_that_was_asked_for_outlives_its_call_and_no_other_does()
    {
        Request? asked = null;
        Request? other = null;
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(routes => routes
            .Map("ask", request =>
            {
                asked = request;
                return Reply.Bytes(request.Payload);
            })
            .Map("not", request =>
            {
                other = request;
                return Reply.Bytes(request.PayloadSequence);
            }));

        CallResult first = await broker.CallAsync(1, "ask", [1, 2]);
        CallResult second = await broker.CallAsync(2, "not", [3, 4]);
        broker.Close();
        await broker.ExitCode.Guarded();

        Assert.Equal([1, 2], first.Payload);
        Assert.Equal([3, 4], second.Payload);
        Assert.Equal([1, 2], asked!.Payload.ToArray());
        Assert.Throws<ObjectDisposedException>(() => other!.Payload);
    }

    [Fact]
    public async Task A_handler_that_throws_ends_its_call_with_internal_and_the_exceptions_type_and_message()
    {
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(
            routes => routes.Map("throw", Reply (_) => throw new InvalidOperationException("out of paper")));

        CallResult result = await broker.CallAsync(1, "throw");

        Assert.Equal(StatusCode.Internal, result.Status);
        Assert.Equal("System.InvalidOperationException: out of paper", result.Message);
        Assert.Equal((0UL, 3UL, 1UL), (result.Retry, result.Origin, result.WorkerReceived));
    }

    [Fact]
    public async Task A_handler_that_throws_later_is_no_different()
    {
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(routes => routes.Map("throw", async (_, _) =>
        {
            await Task.Yield();
            throw new InvalidOperationException("out of ink");
        }));

        CallResult result = await broker.CallAsync(1, "throw");

        Assert.Equal(StatusCode.Internal, result.Status);
        Assert.Equal("System.InvalidOperationException: out of ink", result.Message);
    }

    [Fact]
    public async Task A_CallFailedException_ends_the_call_with_its_own_status()
    {
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(routes => routes.Map(
            "find", Reply (_) => throw new CallFailedException(StatusCode.NotFound, "no such page")));

        CallResult result = await broker.CallAsync(1, "find");

        Assert.Equal(StatusCode.NotFound, result.Status);
        Assert.Equal("no such page", result.Message);
    }

    [Fact]
    public async Task A_message_is_cut_to_1024_bytes_at_a_characters_border()
    {
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(routes => routes.Map(
            "fail", Reply (_) => throw new CallFailedException(StatusCode.Aborted, new string('\u20ac', 600))));

        CallResult result = await broker.CallAsync(1, "fail");

        Assert.Equal(new string('\u20ac', 341), result.Message);
    }

    [Fact]
    public async Task A_handler_that_returns_null_ends_its_call_with_internal()
    {
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(routes => routes.Map("null", Reply (_) => null!));

        CallResult result = await broker.CallAsync(1, "null");

        Assert.Equal(StatusCode.Internal, result.Status);
    }

    [Fact]
    public async Task An_OperationCanceledException_of_the_handlers_own_making_is_cancelled()
    {
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(
            routes => routes.Map("odd", Reply (_) => throw new OperationCanceledException("mine")));

        CallResult result = await broker.CallAsync(1, "odd");

        Assert.Equal(StatusCode.Cancelled, result.Status);
        Assert.Equal("System.OperationCanceledException: mine", result.Message);
    }

    [Fact]
    public async Task The_worker_serves_on_after_a_call_that_failed()
    {
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(routes => routes
            .Map("throw", Reply (_) => throw new InvalidOperationException("no"))
            .Map("echo", request => Reply.Bytes(request.Payload)));
        await broker.CallAsync(1, "throw");

        CallResult result = await broker.CallAsync(2, "echo", [1, 2, 3]);

        Assert.Equal([1, 2, 3], result.Payload);
    }

    [Fact]
    public async Task A_handler_object_serves_like_a_lambda()
    {
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(routes => routes.Map("twice", new Twice()));

        CallResult result = await broker.CallAsync(1, "twice", [7]);

        Assert.Equal([7, 7], result.Payload);
    }

    private sealed class Twice : IRequestHandler
    {
        public ValueTask<Reply> HandleAsync(Request request, CancellationToken cancellationToken) =>
            ValueTask.FromResult(Reply.Bytes(new byte[] { request.Payload.Span[0], request.Payload.Span[0] }));
    }
}
