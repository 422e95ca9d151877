// SPDX-License-Identifier: Apache-2.0
using System;
using System.Diagnostics;
using System.Linq;
using System.Threading.Tasks;
using PlugBroker.Wire;

namespace PlugBroker.Worker.Tests;

public sealed class CallMetadataTests
{
    private const string Trace = "0af7651916cd43dd8448eb211c80319c";

    private static readonly byte[] _traceParent = Convert.FromHexString(Trace + "b7ad6b716920333101");

    [Fact]
    public async Task A_request_carries_key_trace_metadata_and_caller_in_their_order()
    {
        Request? seen = null;
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(routes => routes.Map("look", request =>
        {
            seen = request;
            return Reply.Empty;
        }));

        await broker.SendAsync(Bytes.RequestFrame(1, "look", moreMeta: Bytes.Join(
            Bytes.Text(0x0032, "key-1"), Bytes.Text(0x0033, "vendor=1"), Bytes.Text(0x0036, "S-1-5-21-7"),
            Bytes.Entry("b", "\u00fc"), Bytes.Entry("a", ""), Bytes.Entry("b", "2"))));
        await broker.ReadResultAsync(1);

        Assert.NotNull(seen);
        Assert.Equal(("key-1", "vendor=1", "S-1-5-21-7"), (seen.IdempotencyKey, seen.TraceState, seen.CallerSid));
        Assert.Equal(["b=\u00fc", "a=", "b=2"], seen.Metadata.Select(entry => $"{entry.Key}={entry.Value}"));
    }

    [Fact]
    public async Task A_handler_sees_who_calls()
    {
        CallerIdentity? seen = null;
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(routes => routes.Map("look", request =>
        {
            seen = request.Caller;
            return Reply.Empty;
        }));

        await broker.SendAsync(Bytes.RequestFrame(1, "look", moreMeta: Bytes.Join(
            Bytes.Text(0x0036, "S-1-5-21-7"), Bytes.Text(0x0037, "H\u00f6st\\user"),
            Bytes.Tlv(0x0038, [0x00, 0x30, 0, 0]), Bytes.Tlv(0x0039, [0xFF, 0xFF, 0xFF, 0xFF]))));
        await broker.ReadResultAsync(1);

        Assert.NotNull(seen);
        Assert.Equal(
            ("S-1-5-21-7", "H\u00f6st\\user", CallerIntegrity.High, 4_294_967_295L),
            (seen.Sid, seen.AccountName, seen.Integrity, seen.SessionId));
        Assert.Equal("H\u00f6st\\user (S-1-5-21-7)", seen.ToString());
    }

    [Fact]
    public async Task A_caller_of_whom_only_the_SID_is_known_has_nothing_else()
    {
        StreamRequest? seen = null;
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(routes => routes.MapClientStream("look", (request, _) =>
        {
            seen = request;
            return new ValueTask<Reply>(Reply.Empty);
        }));

        await broker.SendAsync(Bytes.RequestFrame(1, "look", moreMeta: Bytes.Text(0x0036, "S-1-5-21-7")));
        await broker.ReadResultAsync(1);

        Assert.NotNull(seen?.Caller);
        Assert.Equal(
            ("S-1-5-21-7", null, null, null),
            (seen.Caller.Sid, seen.Caller.AccountName, seen.Caller.Integrity, seen.Caller.SessionId));
        Assert.Equal("S-1-5-21-7", seen.CallerSid);
    }

    [Fact]
    public async Task A_request_of_a_broker_that_says_nothing_of_it_has_no_caller()
    {
        bool hasCaller = true;
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(routes => routes.Map("look", request =>
        {
            hasCaller = request.Caller is not null || request.CallerSid is not null;
            return Reply.Empty;
        }));

        await broker.SendAsync(Bytes.RequestFrame(1, "look"));
        await broker.ReadResultAsync(1);

        Assert.False(hasCaller);
    }

    [Fact]
    public void A_request_made_by_hand_can_have_a_caller_or_only_its_SID()
    {
        var caller = new CallerIdentity("S-1-5-18") { Integrity = CallerIntegrity.System, SessionId = 0 };

        Assert.Same(caller, new Request("r", default) { Caller = caller }.Caller);
        Assert.Equal("S-1-5-18", new Request("r", default) { CallerSid = "S-1-5-18" }.Caller?.Sid);
        Assert.Null(new Request("r", default).Caller);
        Assert.Equal("S-1-5-18", caller.ToString());
    }

    [Fact]
    public async Task A_reply_carries_metadata_and_detail_with_its_end()
    {
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(routes => routes.Map(
            "full", _ => Reply.Text("x").WithMetadata("pages", "3").WithMetadata("pages", "4").WithDetail(new byte[] { 7, 8 })));

        CallResult result = await broker.CallAsync(1, "full");

        Assert.Equal(
            ["\u0005pages3", "\u0005pages4"],
            Bytes.Split(result.End.Meta).Where(tlv => tlv.Type == 0x0034).Select(tlv => System.Text.Encoding.UTF8.GetString(tlv.Value)));
        Assert.Equal([7, 8], result.End.Find(0x0045));
        Assert.Equal("text/plain; charset=utf-8", result.ContentType);
    }

    [Fact]
    public async Task A_failure_carries_detail_and_when_to_try_again()
    {
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(routes => routes.Map(
            "busy", Reply (_) => throw new CallFailedException(StatusCode.Unavailable, "later")
            {
                Detail = new byte[] { 1 },
                RetryAfter = TimeSpan.FromMilliseconds(250),
            }));

        CallResult result = await broker.CallAsync(1, "busy");

        Assert.Equal(StatusCode.Unavailable, result.Status);
        Assert.Equal([1], result.End.Find(0x0045));
        Assert.Equal(250_000UL, result.End.Number(0x0046));
        Assert.Equal(2UL, result.Retry);
    }

    [Fact]
    public void What_END_cannot_carry_is_refused_where_it_is_set()
    {
        var failure = new CallFailedException(StatusCode.Aborted, "no");

        Assert.Throws<ArgumentException>(() => Reply.Empty.WithMetadata("Upper", "x"));
        Assert.Throws<ArgumentException>(() => Reply.Empty.WithMetadata("", "x"));
        Assert.Throws<ArgumentException>(() => Reply.Empty.WithMetadata("k", new string('x', 1025)));
        Assert.Throws<ArgumentException>(() => Enumerable.Range(0, 33).Aggregate(Reply.Empty, (reply, _) => reply.WithMetadata("k", "")));
        Assert.Throws<ArgumentException>(() => Reply.Empty.WithDetail(new byte[2049]));
        Assert.Throws<ArgumentException>(() => failure.Detail = new byte[2049]);
        Assert.Throws<ArgumentOutOfRangeException>(() => failure.RetryAfter = TimeSpan.FromHours(25));
        Assert.Throws<ArgumentOutOfRangeException>(() => failure.RetryAfter = TimeSpan.Zero);
    }

    [Fact]
    public async Task The_callers_trace_is_current_in_the_handler_though_nobody_listens()
    {
        Activity? seen = null;
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(routes => routes.Map("look", async (_, _) =>
        {
            await Task.Yield();
            seen = Activity.Current;
            return Reply.Empty;
        }));

        await broker.SendAsync(Bytes.RequestFrame(
            1, "look", moreMeta: [.. Bytes.Tlv(0x0030, _traceParent), .. Bytes.Text(0x0033, "vendor=1")]));
        await broker.ReadResultAsync(1);

        Assert.NotNull(seen);
        Assert.Equal((Trace, "b7ad6b7169203331", "vendor=1"), (seen.TraceId.ToHexString(), seen.ParentSpanId.ToHexString(), seen.TraceStateString));
        Assert.Equal("look", seen.DisplayName);
        Assert.True(seen.Recorded);
    }

    [Fact]
    public async Task Without_a_trace_and_without_a_listener_there_is_no_activity()
    {
        Activity? seen = new("other");
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(routes => routes.Map("look", _ =>
        {
            seen = Activity.Current;
            return Reply.Empty;
        }));

        await broker.CallAsync(1, "look");

        Assert.Null(seen);
    }

    [Fact]
    public void A_REQUEST_reads_back_as_it_was_written()
    {
        byte[] buffer = new byte[WireLimits.MaxFrameBytes];
        var written = new RequestMeta
        {
            Route = "echo"u8,
            ContentType = "text/plain",
            TraceParent = $"00-{Trace}-b7ad6b7169203331-01",
            TraceState = "vendor=1",
            IdempotencyKey = "key-1",
            CallerSid = "S-1-5-18",
            CallerAccount = "NT AUTHORITY\\SYSTEM",
            CallerIntegrity = 0,
            CallerSession = 7,
            Metadata = [new("a", "1"), new("b", "")],
        };

        int length = FrameWriter.WriteRequest(buffer, 3, 1_000_000, written, [1, 2], FrameFlags.EndStream);

        var reader = new FrameReader();
        buffer.AsSpan(0, length).CopyTo(reader.FreeSpace.Span);
        reader.Advance(length);
        Assert.True(reader.TryRead(out Frame frame));
        RequestMeta read = RequestMeta.Decode(frame.Meta);
        Assert.Equal((3UL, 1_000_000UL, FrameFlags.EndStream), (frame.Header.StreamId, frame.Header.DeadlineMicroseconds, frame.Header.Flags));
        Assert.Equal([1, 2], frame.Payload.ToArray());
        Assert.Equal("echo"u8.ToArray(), read.Route.ToArray());
        Assert.Equal(
            (written.ContentType, written.TraceParent, written.TraceState, written.IdempotencyKey, written.CallerSid),
            (read.ContentType, read.TraceParent, read.TraceState, read.IdempotencyKey, read.CallerSid));
        Assert.Equal(
            (written.CallerAccount, written.CallerIntegrity, written.CallerSession),
            (read.CallerAccount, read.CallerIntegrity, read.CallerSession));
        Assert.Equal(written.Metadata, read.Metadata);
    }

    [Fact]
    public void An_END_reads_back_as_it_was_written_and_the_longest_one_fits()
    {
        byte[] buffer = new byte[EndMeta.MaxFrameBytes];
        var written = new EndMeta(StatusCode.Aborted, new string('m', 1024), RetryClass.AfterBackoff, new string('c', 255))
        {
            Origin = EndOrigin.Broker,
            WorkerReceived = false,
            Detail = new byte[2048],
            RetryAfterMicroseconds = 5,
            Metadata = [.. Enumerable.Repeat(new System.Collections.Generic.KeyValuePair<string, string>("k", new string('v', 127)), 32)],
        };

        int length = written.Write(buffer, 3);
        EndMeta read = EndMeta.Decode(buffer.AsSpan(32, length - 32));

        Assert.Equal(EndMeta.MaxFrameBytes, length);
        Assert.Equal(written.Detail.ToArray(), read.Detail.ToArray());
        Assert.Equal(written.Metadata, read.Metadata);
        Assert.Equal(
            written with { Detail = default, Metadata = AppMetadata.None }, read with { Detail = default, Metadata = AppMetadata.None });
    }

    [Theory]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", true)]
    [InlineData("00-00000000000000000000000000000000-b7ad6b7169203331-01", false)]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01", false)]
    [InlineData("00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", false)]
    [InlineData("01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", false)]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-1", false)]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c.b7ad6b7169203331-01", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void Only_a_trace_parent_of_the_W3Cs_version_00_is_sent(string? text, bool taken)
    {
        byte[] bytes = new byte[25];

        Assert.Equal(taken, TraceParent.TryParse(text, bytes));
    }
}
