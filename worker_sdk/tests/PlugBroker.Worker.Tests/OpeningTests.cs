// SPDX-License-Identifier: Apache-2.0
using System;
using System.Linq;
using System.Threading.Tasks;

namespace PlugBroker.Worker.Tests;

public sealed class OpeningTests
{
    [Fact]
    public async Task The_worker_opens_with_its_role_its_wire_version_and_its_limits()
    {
        await using BrokerEnd broker = BrokerEnd.Connect(MapEcho, concurrency: 3);

        WireFrame hello = await broker.ReadAsync();

        Assert.Equal(Bytes.Hello, hello.Type);
        Assert.Equal(
            [2, 1, 1, 65_536, 3, 131_072, 1_048_576, 1_073_741_824],
            new[] { 0x0001, 0x0002, 0x0003, 0x0006, 0x0007, 0x0008, 0x0009, 0x000A }.Select(hello.Number));
        Assert.Equal("PlugBroker.Worker", hello.Text(0x000B));
        Assert.NotEqual("", hello.Text(0x000C));
    }

    [Fact]
    public async Task READY_names_the_routes_and_the_concurrency()
    {
        await using BrokerEnd broker = BrokerEnd.Connect(
            routes => routes.Map("a", _ => Reply.Empty).Map("b.c/d", _ => Reply.Empty), concurrency: 7);
        await broker.ReadAsync();

        await broker.SendAsync(Bytes.Frame(Bytes.HelloAck, meta: Bytes.AckMeta()));
        WireFrame ready = await broker.ReadAsync();

        Assert.Equal(Bytes.Ready, ready.Type);
        Assert.Equal(7UL, ready.Number(0x0021));
        Assert.Equal(
            ["a", "b.c/d"],
            Bytes.Split(ready.Meta).Where(tlv => tlv.Type == 0x0020).Select(tlv => System.Text.Encoding.UTF8.GetString(tlv.Value)));
    }

    [Fact]
    public async Task A_refused_worker_says_why_and_exits_with_69()
    {
        await using BrokerEnd broker = BrokerEnd.Connect(MapEcho);
        await broker.ReadAsync();

        await broker.SendAsync(Bytes.Frame(Bytes.HelloAck, meta: Bytes.Join(
            Bytes.U16(0x0010, 8), Bytes.Text(0x0044, "too many sessions"), Bytes.U16(0x0002, 1), Bytes.U16(0x0003, 1))));

        Assert.Equal(WorkerExitCode.Refused, await broker.ExitCode.Guarded());
        Assert.Contains("too many sessions", broker.Log.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broker_that_requires_a_feature_is_left_with_69()
    {
        await using BrokerEnd broker = BrokerEnd.Connect(MapEcho);
        await broker.ReadAsync();

        await broker.SendAsync(Bytes.Frame(Bytes.HelloAck, meta: [.. Bytes.AckMeta(), .. Bytes.U64(0x0005, 1)]));

        Assert.Equal(WorkerExitCode.Refused, await broker.ExitCode.Guarded());
    }

    [Fact]
    public async Task Another_frame_before_HELLO_ACK_is_a_protocol_error_without_a_GOAWAY()
    {
        await using BrokerEnd broker = BrokerEnd.Connect(MapEcho);
        await broker.ReadAsync();

        await broker.SendAsync(Bytes.PingFrame(1));

        Assert.Empty(await broker.ReadToEndAsync());
        Assert.Equal(WorkerExitCode.ProtocolError, await broker.ExitCode.Guarded());
    }

    [Fact]
    public async Task A_channel_that_ends_before_the_opening_is_done_gives_66()
    {
        await using BrokerEnd broker = BrokerEnd.Connect(MapEcho);
        await broker.ReadAsync();

        broker.Close();

        Assert.Equal(WorkerExitCode.ChannelBroken, await broker.ExitCode.Guarded());
    }

    private static void MapEcho(RouteTable routes) => routes.Map("echo", request => Reply.Bytes(request.Payload));
}
