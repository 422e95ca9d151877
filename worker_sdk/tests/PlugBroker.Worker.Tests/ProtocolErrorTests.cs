// SPDX-License-Identifier: Apache-2.0
using System;
using System.Linq;
using System.Threading.Tasks;

namespace PlugBroker.Worker.Tests;

public sealed class ProtocolErrorTests
{
    private readonly Gate _gate = new();

    /// <summary>What a broker must not send to a worker that has stream 1 open (its request whole) and stream 2 half sent.</summary>
    public static TheoryData<string, byte[]> Wrong => new()
    {
        { "garbage", Enumerable.Repeat((byte)0xAA, 64).ToArray() },
        { "HELLO", Bytes.Frame(Bytes.Hello) },
        { "a second HELLO_ACK", Bytes.Frame(Bytes.HelloAck, meta: Bytes.AckMeta()) },
        { "READY", Bytes.Frame(Bytes.Ready) },
        { "END", Bytes.Frame(Bytes.End, 1) },
        { "a stream id used twice", Bytes.RequestFrame(2, "wait") },
        { "a stream id going down", Bytes.RequestFrame(1, "wait") },
        { "DATA for a stream never opened", Bytes.Frame(Bytes.Data, 9) },
        { "CANCEL for a stream never opened", Bytes.CancelFrame(9) },
        { "WINDOW for a stream never opened", Bytes.WindowFrame(9, 1) },
        { "an unknown frame for a stream never opened", Bytes.Frame(77, 9) },
        { "DATA after END_STREAM", Bytes.Frame(Bytes.Data, 1, Bytes.EndStream) },
        { "too much stream credit", Bytes.WindowFrame(1, 0x7FFF_FFFF) },
        { "too much connection credit", Bytes.WindowFrame(0, 0x7FFF_FFFF) },
        { "a REQUEST without a route", Bytes.Frame(Bytes.Request, 3, Bytes.EndStream, deadline: 1) },
        { "a PING without a value", Bytes.Frame(Bytes.Ping) },
        { "a WINDOW without credit", Bytes.Frame(Bytes.Window) },
        { "an unknown critical TLV", Bytes.Frame(Bytes.Cancel, 1, meta: Bytes.Tlv(0x8099)) },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task What_a_broker_must_not_send_is_answered_by_GOAWAY_and_gives_65(string what, byte[] bytes)
    {
        await using BrokerEnd broker = await OpenWithTwoCallsAsync();

        // The worker may close before it has read all of it.
        Task sending = broker.SendAsync(bytes);
        WireFrame frame = await broker.ReadPastWindowsAsync();
        await broker.ReadToEndAsync();
        await Task.WhenAny(sending);

        Assert.True(frame.Type == Bytes.GoAway, what);
        Assert.Equal((ulong)StatusCode.InvalidArgument, frame.Number(0x0040));
        Assert.NotEqual("", frame.Text(0x0044));
        Assert.Equal(WorkerExitCode.ProtocolError, await broker.ExitCode.Guarded());
        Assert.Contains("PlugBroker.Worker: ", broker.Log.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData(1UL)]
    [InlineData(2UL)]
    public async Task An_unknown_frame_on_no_or_an_open_stream_is_answered_UNIMPLEMENTED(ulong stream)
    {
        await using BrokerEnd broker = await OpenWithTwoCallsAsync();

        await broker.SendAsync(Bytes.Frame(200, stream, flags: 0xFFFF, meta: [1, 2, 3], payload: [4, 5], deadline: 6));
        WireFrame frame = await broker.ReadPastWindowsAsync();

        Assert.Equal((Bytes.Unimplemented, stream), (frame.Type, frame.Stream));
        Assert.Equal(200UL, frame.Number(0x0071));
    }

    [Fact]
    public async Task UNIMPLEMENTED_itself_and_PONG_are_not_answered()
    {
        await using BrokerEnd broker = await OpenWithTwoCallsAsync();

        await broker.SendAsync(
            Bytes.Frame(Bytes.Unimplemented, meta: Bytes.U8(0x0071, 6)),
            Bytes.Frame(Bytes.Pong, meta: Bytes.U64(0x0070, 1)),
            Bytes.PingFrame(3));

        Assert.Equal(Bytes.Pong, (await broker.ReadPastWindowsAsync()).Type);
    }

    [Fact]
    public async Task A_broker_that_pings_and_never_reads_is_left_with_65()
    {
        var time = new ManualTime();
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(routes => routes.Map("wait", _gate.EchoAsync), time: time);

        // The worker stops reading once it gives up, so the last of these may stay unread.
        Task sending = broker.SendAsync(Repeat(Bytes.PingFrame(1), 20_000));
        await time.TimerSetAsync(TimeSpan.FromSeconds(1));
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(WorkerExitCode.ProtocolError, await broker.ExitCode.Guarded());
        Assert.Contains("does not read", broker.Log.ToString(), StringComparison.Ordinal);
        await Task.WhenAny(sending);
    }

    [Theory]
    [InlineData("nobody.home", StatusCode.NotFound)]
    [InlineData("not a route", StatusCode.InvalidArgument)]
    [InlineData("..\\..\\etc", StatusCode.InvalidArgument)]
    public async Task A_call_of_another_name_ends_and_the_channel_goes_on(string route, StatusCode status)
    {
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(routes => routes.Map("echo", r => Reply.Bytes(r.Payload)));

        CallResult result = await broker.CallAsync(1, route);

        Assert.Equal(status, result.Status);
        Assert.Equal(StatusCode.Ok, (await broker.CallAsync(2, "echo")).Status);
    }

    [Fact]
    public async Task A_REQUEST_with_an_unknown_critical_TLV_ends_as_unimplemented()
    {
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(routes => routes.Map("echo", r => Reply.Bytes(r.Payload)));

        await broker.SendAsync(Bytes.RequestFrame(1, "echo", moreMeta: Bytes.Tlv(0x8099)));

        Assert.Equal(StatusCode.Unimplemented, (await broker.ReadResultAsync(1)).Status);
    }

    [Theory]
    [InlineData("a b", 0, true, StatusCode.Unimplemented)]
    [InlineData("a b", 0, false, StatusCode.InvalidArgument)]
    [InlineData("other", 0, false, StatusCode.InvalidArgument)]
    [InlineData("other", 1_000_000, false, StatusCode.NotFound)]
    public async Task Of_several_faults_of_a_call_the_first_tells(string route, ulong deadline, bool critical, StatusCode status)
    {
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(routes => routes.Map("echo", r => Reply.Bytes(r.Payload)));

        await broker.SendAsync(Bytes.RequestFrame(1, route, deadline: deadline, moreMeta: critical ? Bytes.Tlv(0x8099) : []));

        Assert.Equal(status, (await broker.ReadResultAsync(1)).Status);
    }

    private static byte[] Repeat(byte[] bytes, int times) => Bytes.Join([.. Enumerable.Repeat(bytes, times)]);

    private async Task<BrokerEnd> OpenWithTwoCallsAsync()
    {
        BrokerEnd broker = await BrokerEnd.OpenAsync(routes => routes.Map("wait", _gate.EchoAsync), concurrency: 4);
        await broker.SendAsync(
            Bytes.RequestFrame(1, "wait"), Bytes.RequestFrame(2, "wait", flags: Bytes.More));
        await _gate.EnteredAsync();
        return broker;
    }
}
