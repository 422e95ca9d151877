// SPDX-License-Identifier: Apache-2.0
using System;
using System.Linq;
using System.Text;
using PlugBroker.Wire;

namespace PlugBroker.Worker.Tests;

/// <summary>The library reads and writes the very bytes that docs/PROTOCOL.md shows.</summary>
public sealed class ProtocolExampleTests
{
    private static readonly HelloOffer _offer = new(PeerRole.Worker, "test");

    private readonly byte[] _buffer = new byte[1024];

    public static TheoryData<string> Names => new(ProtocolExamples.Names);

    [Fact]
    public void The_document_shows_every_frame() => Assert.Equal(13, ProtocolExamples.Names.Count());

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_example_is_one_whole_frame_whose_header_encodes_back(string name)
    {
        byte[] example = ProtocolExamples.Get(name);
        var reader = new FrameReader();
        example.CopyTo(reader.FreeSpace);
        reader.Advance(example.Length);

        Assert.True(reader.TryRead(out Frame frame));
        frame.Header.Encode(_buffer);
        Assert.Equal(example[..32], _buffer[..32]);
        Assert.False(reader.InFrame);
    }

    [Fact]
    public void READY_is_written_as_shown()
    {
        byte[][] routes = ["echo"u8.ToArray(), "text.stats"u8.ToArray()];

        Expect("READY", FrameWriter.WriteReady(_buffer, routes, 4));
    }

    [Fact]
    public void DATA_is_written_as_shown() => Expect("DATA", FrameWriter.WriteData(_buffer, 1, "Hi!"u8, FrameFlags.None));

    [Fact]
    public void WINDOW_is_written_as_shown() => Expect("WINDOW", FrameWriter.WriteWindow(_buffer, 1, 131_072));

    [Fact]
    public void PONG_is_written_as_shown() => Expect("PONG", FrameWriter.WritePong(_buffer, 7));

    [Fact]
    public void GOAWAY_is_written_as_shown() =>
        Expect("GOAWAY", new GoAway(9, StatusCode.Unavailable, "stopping").Write(_buffer));

    [Fact]
    public void UNIMPLEMENTED_is_written_as_shown() =>
        Expect("UNIMPLEMENTED", FrameWriter.WriteUnimplemented(_buffer, 0, (FrameType)14));

    [Fact]
    public void END_is_written_as_shown_but_for_who_decided_it()
    {
        int length = new EndMeta(StatusCode.NotFound, "no such route").Write(_buffer, 1);

        byte[] expected = ProtocolExamples.Get("END");
        expected = [.. expected];
        expected[32 + 6 + 5 + 4] = 3;  // Origin: worker.
        expected[32 + 6 + 5 + 5 + 4] = 1;  // A worker had it.
        Assert.Equal(expected, _buffer[..length]);
    }

    [Fact]
    public void HELLO_ACK_is_read_as_shown()
    {
        var shown = new WireFrame(Bytes.HelloAck, 0, 0, ProtocolExamples.Meta("HELLO_ACK"), []);

        HelloAck ack = Opening.DecodeHelloAck(shown.Meta, _offer);

        Assert.Equal(
            [shown.Number(0x0006), shown.Number(0x0008), shown.Number(0x0009), shown.Number(0x000A)],
            [(ulong)ack.MaxChunk, ack.StreamWindow, ack.ConnectionWindow, ack.MaxPayload]);
    }

    [Fact]
    public void A_refusing_HELLO_ACK_is_read_as_shown()
    {
        RefusedException refusal = Assert.Throws<RefusedException>(
            () => Opening.DecodeHelloAck(ProtocolExamples.Meta("HELLO_ACK, refusing"), _offer));

        Assert.Equal("FailedPrecondition: no (it speaks wire versions 1 to 1, this library 1)", refusal.Message);
    }

    [Fact]
    public void REQUEST_is_read_as_shown()
    {
        RequestMeta meta = RequestMeta.Decode(ProtocolExamples.Meta("REQUEST"));

        Assert.Equal("echo", Encoding.UTF8.GetString(meta.Route));
        Assert.Equal("text/plain", meta.ContentType);
        Assert.Null(meta.TraceParent);
        Assert.False(meta.HasUnknownCritical);
    }

    [Fact]
    public void PING_is_read_as_shown() => Assert.Equal(7UL, SmallMessages.DecodeOpaque(ProtocolExamples.Meta("PING")));

    [Fact]
    public void GOAWAY_is_read_as_shown() =>
        Assert.Equal(new GoAway(9, StatusCode.Unavailable, "stopping"), GoAway.Decode(ProtocolExamples.Meta("GOAWAY")));

    private void Expect(string name, int length) => Assert.Equal(ProtocolExamples.Get(name), _buffer[..length]);
}
