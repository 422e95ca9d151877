// SPDX-License-Identifier: Apache-2.0
using System;
using PlugBroker.Wire;

namespace PlugBroker.Worker.Tests;

public sealed class MetadataRulesTests
{
    private static readonly byte[] _route = Bytes.Text(0x0020, "echo");
    private static readonly byte[] _end =
        Bytes.Join(Bytes.U16(0x0040, 0), Bytes.U8(0x0041, 0), Bytes.U8(0x0042, 3), Bytes.U8(0x0043, 1));

    private static readonly byte[] _goAway = Bytes.Join(Bytes.U64(0x0060, 1), Bytes.U16(0x0040, 0));

    public enum Of
    {
        HelloAck,
        Request,
        Data,
        End,
        Window,
        Ping,
        GoAway,
        Unimplemented,
    }

    /// <summary>Metadata that break one rule, by frame.</summary>
    public static TheoryData<string, Of, byte[]> Broken => new()
    {
        { "cut in a TLV's header", Of.Request, [.. _route, 0x31] },
        { "cut in a TLV's value", Of.Request, [.. _route, 0x31, 0, 5, 0, 1] },
        { "cut in the value of an unknown TLV", Of.Data, [0x99, 0, 1, 0] },
        { "route missing", Of.Request, [] },
        { "route empty", Of.Request, Bytes.Text(0x0020, "") },
        { "route too long", Of.Request, Bytes.Text(0x0020, new string('a', 256)) },
        { "route twice", Of.Request, [.. _route, .. _route] },
        { "traceparent too short", Of.Request, [.. _route, .. Bytes.Tlv(0x0030, new byte[24])] },
        { "traceparent too long", Of.Request, [.. _route, .. Bytes.Tlv(0x0030, new byte[26])] },
        { "content type too long", Of.Request, [.. _route, .. Bytes.Text(0x0031, new string('a', 256))] },
        { "idempotency key empty", Of.Request, [.. _route, .. Bytes.Text(0x0032, "")] },
        { "idempotency key too long", Of.Request, [.. _route, .. Bytes.Text(0x0032, new string('k', 65))] },
        { "tracestate too long", Of.Request, [.. _route, .. Bytes.Text(0x0033, new string('t', 513))] },
        { "caller_sid too long", Of.Request, [.. _route, .. Bytes.Text(0x0036, new string('s', 185))] },
        { "caller_account too long", Of.Request, [.. _route, .. Bytes.Text(0x0037, new string('a', 513))] },
        { "caller_integrity too short", Of.Request, [.. _route, .. Bytes.Text(0x0038, "abc")] },
        { "caller_session too long", Of.Request, [.. _route, .. Bytes.Text(0x0039, "abcde")] },
        { "caller_sid twice", Of.Request, [.. _route, .. Bytes.Text(0x0036, "S"), .. Bytes.Text(0x0036, "S")] },
        { "metadata of one byte", Of.Request, [.. _route, .. Bytes.Tlv(0x0034, 1)] },
        { "metadata key of no bytes", Of.Request, [.. _route, .. Bytes.Tlv(0x0034, 0, 1)] },
        { "metadata key past the end", Of.Request, [.. _route, .. Bytes.Tlv(0x0034, 2, (byte)'a')] },
        { "metadata key with a capital", Of.Request, [.. _route, .. Bytes.Entry("Key", "v")] },
        { "metadata key of 65 bytes", Of.Request, [.. _route, .. Bytes.Entry(new string('k', 65), "")] },
        { "metadata value of 1,025 bytes", Of.Request, [.. _route, .. Bytes.Entry("k", new string('v', 1025))] },
        { "33 metadata entries", Of.Request, [.. _route, .. Bytes.Entries(33, "")] },
        { "4,097 bytes of metadata", Of.End,
            [.. _end, .. Bytes.Entries(4, new string('v', 1023)), .. Bytes.Entry("k", "")] },
        { "detail too long", Of.End, [.. _end, .. Bytes.Tlv(0x0045, new byte[2049])] },
        { "retry_after above a day", Of.End, [.. _end, .. Bytes.U64(0x0046, 86_400_000_001)] },
        { "retry_after of 4 bytes", Of.End, [.. _end, .. Bytes.U32(0x0046, 1)] },
        { "origin 0", Of.End, Bytes.Join(Bytes.U16(0x0040, 0), Bytes.U8(0x0041, 0), Bytes.U8(0x0042, 0), Bytes.U8(0x0043, 1)) },
        { "worker_received missing", Of.End, _end[..^5] },
        { "route missing beside an unknown critical one", Of.Request, Bytes.Tlv(0x8099) },
        { "unknown critical TLV", Of.Data, Bytes.Tlv(0x8099) },
        { "known elsewhere, critical", Of.Data, Bytes.U32(0x8050, 1) },
        { "credit missing", Of.Window, [] },
        { "credit 0", Of.Window, Bytes.U32(0x0050, 0) },
        { "credit 2 GiB", Of.Window, Bytes.U32(0x0050, 0x8000_0000) },
        { "credit of 3 bytes", Of.Window, Bytes.Tlv(0x0050, 1, 0, 0) },
        { "credit of 8 bytes", Of.Window, Bytes.U64(0x0050, 1) },
        { "credit twice", Of.Window, [.. Bytes.U32(0x0050, 1), .. Bytes.U32(0x0050, 1)] },
        { "credit and unknown critical", Of.Window, [.. Bytes.U32(0x0050, 1), .. Bytes.Tlv(0x8099)] },
        { "opaque missing", Of.Ping, [] },
        { "opaque of 4 bytes", Of.Ping, Bytes.U32(0x0070, 1) },
        { "opaque and unknown critical", Of.Ping, [.. Bytes.U64(0x0070, 1), .. Bytes.Tlv(0x8099)] },
        { "last_stream missing", Of.GoAway, Bytes.U16(0x0040, 0) },
        { "status missing", Of.GoAway, Bytes.U64(0x0060, 1) },
        { "status 17", Of.GoAway, [.. Bytes.U64(0x0060, 1), .. Bytes.U16(0x0040, 17)] },
        { "message too long", Of.GoAway, [.. _goAway, .. Bytes.Tlv(0x0044, new byte[1025])] },
        { "frame_type missing", Of.Unimplemented, [] },
        { "frame_type of 2 bytes", Of.Unimplemented, Bytes.U16(0x0071, 1) },
        { "empty acknowledgement", Of.HelloAck, [] },
        { "accepting, but instance_id missing", Of.HelloAck, WithoutInstance() },
        { "max_chunk 4095", Of.HelloAck, Bytes.AckMeta(maxChunk: 4095) },
        { "stream window 4127", Of.HelloAck, Bytes.AckMeta(streamWindow: 4127) },
        { "stream window 2 GiB", Of.HelloAck, Bytes.AckMeta(streamWindow: 0x8000_0000) },
        { "connection window 4127", Of.HelloAck, Bytes.AckMeta(connectionWindow: 4127) },
        { "connection window 2 GiB", Of.HelloAck, Bytes.AckMeta(connectionWindow: 0x8000_0000) },
        { "acknowledgement with an unknown critical TLV", Of.HelloAck, [.. Bytes.AckMeta(), .. Bytes.Tlv(0x8099)] },
        { "acknowledgement with a long name", Of.HelloAck, [.. Bytes.AckMeta(), .. Bytes.Tlv(0x000B, new byte[65])] },
        { "acknowledgement with a long version", Of.HelloAck, [.. Bytes.AckMeta(), .. Bytes.Tlv(0x000C, new byte[33])] },
        { "refusing without a message", Of.HelloAck,
            Bytes.Join(Bytes.U16(0x0010, 9), Bytes.U16(0x0002, 1), Bytes.U16(0x0003, 1)) },
    };

    /// <summary>Metadata at the edge of the rules that hold all the same.</summary>
    public static TheoryData<string, Of, byte[]> Sound => new()
    {
        { "nothing", Of.Data, [] },
        { "unknown TLV", Of.Data, Bytes.Tlv(0x0099, 1, 2) },
        { "unknown TLV twice", Of.Data, [.. Bytes.Tlv(0x0099, 1), .. Bytes.Tlv(0x0099, 2)] },
        { "known elsewhere, whatever its length", Of.Data, Bytes.Tlv(0x0050, 1) },
        { "critical bit on a known TLV", Of.Window, Bytes.U32(0x8050, 1) },
        { "the most credit", Of.Window, Bytes.U32(0x0050, 0x7FFF_FFFF) },
        { "longest route", Of.Request, Bytes.Text(0x0020, new string('a', 255)) },
        { "longest content type", Of.Request, [.. _route, .. Bytes.Text(0x0031, new string('a', 255))] },
        { "content type that is not UTF-8", Of.Request, [.. _route, .. Bytes.Tlv(0x0031, 0xFF, 0xC0)] },
        { "longest idempotency key", Of.Request, [.. _route, .. Bytes.Text(0x0032, new string('k', 64))] },
        { "longest tracestate", Of.Request, [.. _route, .. Bytes.Text(0x0033, new string('t', 512))] },
        { "longest caller_sid", Of.Request, [.. _route, .. Bytes.Text(0x0036, new string('s', 184))] },
        { "longest metadata entry", Of.Request, [.. _route, .. Bytes.Entry(new string('k', 64), new string('v', 1024))] },
        { "32 metadata entries, with one key", Of.Request, [.. _route, .. Bytes.Entries(32, "")] },
        { "4,096 bytes of metadata", Of.End, [.. _end, .. Bytes.Entries(4, new string('v', 1023))] },
        { "longest detail", Of.End, [.. _end, .. Bytes.Tlv(0x0045, new byte[2048])] },
        { "retry_after of a day", Of.End, [.. _end, .. Bytes.U64(0x0046, 86_400_000_000)] },
        { "unknown critical TLV in a REQUEST, which only ends the call", Of.Request, [.. _route, .. Bytes.Tlv(0x8099)] },
        { "longest message", Of.GoAway, [.. _goAway, .. Bytes.Tlv(0x0044, new byte[1024])] },
        { "smallest limits", Of.HelloAck, Bytes.AckMeta(4096, 4128, 4128, 0) },
        { "largest limits", Of.HelloAck, Bytes.AckMeta(uint.MaxValue, 0x7FFF_FFFF, 0x7FFF_FFFF, ulong.MaxValue) },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void Metadata_that_break_a_rule_are_a_protocol_error(string rule, Of frame, byte[] metadata)
    {
        Exception? exception = Record.Exception(() => Decode(frame, metadata));

        Assert.True(exception is ProtocolException, $"{rule}: {exception}");
    }

    [Theory]
    [MemberData(nameof(Sound))]
    public void Metadata_at_the_edge_of_the_rules_are_taken(string rule, Of frame, byte[] metadata)
    {
        Exception? exception = Record.Exception(() => Decode(frame, metadata));

        Assert.True(exception is null, $"{rule}: {exception}");
    }

    private static byte[] WithoutInstance()
    {
        byte[] whole = Bytes.AckMeta();
        return [.. whole[..12], .. whole[(12 + 20)..]];
    }

    private static void Decode(Of frame, byte[] metadata)
    {
        switch (frame)
        {
            case Of.HelloAck: Opening.DecodeHelloAck(metadata, new HelloOffer(PeerRole.Worker, "test")); break;
            case Of.End: EndMeta.Decode(metadata); break;
            case Of.Request: RequestMeta.Decode(metadata); break;
            case Of.Data: SmallMessages.CheckNone(metadata); break;
            case Of.Window: SmallMessages.DecodeCredit(metadata); break;
            case Of.Ping: SmallMessages.DecodeOpaque(metadata); break;
            case Of.GoAway: GoAway.Decode(metadata); break;
            default: SmallMessages.CheckUnimplemented(metadata); break;
        }
    }
}
