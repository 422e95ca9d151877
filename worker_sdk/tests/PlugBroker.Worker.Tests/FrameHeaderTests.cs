// SPDX-License-Identifier: Apache-2.0
using System;
using PlugBroker.Wire;

namespace PlugBroker.Worker.Tests;

public sealed class FrameHeaderTests
{
    /// <summary>Type, flags, meta_len, payload_len, stream_id, deadline_us that are just within every limit.</summary>
    public static TheoryData<byte, ushort, ushort, uint, ulong, ulong> Legal => new()
    {
        { 1, 0, 4096, 0, 0, 0 },
        { 2, 0, 4096, 0, 0, 0 },
        { 3, 0, 8192, 0, 0, 0 },
        { 4, 0, 8192, 65_536, 1, 1 },
        { 4, 1, 0, 0, ulong.MaxValue, ulong.MaxValue },
        { 4, 2, 0, 1, 7, 0 },
        { 4, 4, 0, 0, 1, 1 },
        { 4, 5, 0, 0, 1, 1 },
        { 5, 5, 0, 0, 1, 0 },
        { 5, 0, 0, 0, 1, 0 },
        { 5, 1, 8192, 65_536, 1, 0 },
        { 5, 2, 0, 65_536, 1, 0 },
        { 6, 0, 8192, 0, 1, 0 },
        { 7, 0, 0, 0, 1, 0 },
        { 8, 0, 8, 0, 0, 0 },
        { 8, 0, 8, 0, 1, 0 },
        { 9, 0, 12, 0, 0, 0 },
        { 10, 0, 12, 0, 0, 0 },
        { 11, 0, 18, 0, 0, 0 },
        { 13, 0, 5, 0, 0, 0 },
        { 13, 0, 5, 0, 9, 0 },
        { 0, 0xFFFF, 8192, 65_536, 9, 9 },
        { 12, 0xFFFF, 8192, 65_536, 9, 9 },
        { 14, 0xFFFF, 8192, 65_536, 9, 9 },
        { 255, 3, 0, 0, 0, 1 },
    };

    /// <summary>The same, one field beyond a limit, and the error it makes.</summary>
    public static TheoryData<byte, ushort, ushort, uint, ulong, ulong, string> Illegal => new()
    {
        { 1, 0, 4097, 0, 0, 0, "meta_too_long" },
        { 2, 0, 4097, 0, 0, 0, "meta_too_long" },
        { 3, 0, 8193, 0, 0, 0, "meta_too_long" },
        { 14, 0, 8193, 0, 0, 0, "meta_too_long" },
        { 5, 0, 0, 65_537, 1, 0, "payload_too_long" },
        { 4, 1, 0, 0x8000_0000, 1, 1, "payload_too_long" },
        { 5, 0, 0, uint.MaxValue, 1, 0, "payload_too_long" },
        { 14, 0, 0, 65_537, 0, 0, "payload_too_long" },
        { 6, 0, 0, 1, 1, 0, "unexpected_payload" },
        { 9, 0, 0, uint.MaxValue, 0, 0, "unexpected_payload" },
        { 4, 8, 0, 0, 1, 1, "unknown_flags" },
        { 5, 0x8000, 0, 0, 1, 0, "unknown_flags" },
        { 6, 1, 0, 0, 1, 0, "unknown_flags" },
        { 9, 2, 0, 0, 0, 0, "unknown_flags" },
        { 4, 3, 0, 0, 1, 1, "conflicting_flags" },
        { 5, 3, 0, 0, 1, 0, "conflicting_flags" },
        { 4, 6, 0, 0, 1, 1, "conflicting_flags" },
        { 4, 7, 0, 0, 1, 1, "conflicting_flags" },
        { 5, 4, 0, 0, 1, 0, "conflicting_flags" },
        { 5, 6, 0, 0, 1, 0, "conflicting_flags" },
        { 6, 4, 0, 0, 1, 0, "unknown_flags" },
        { 4, 4, 0, 1, 1, 1, "unexpected_payload" },
        { 5, 5, 0, 1, 1, 0, "unexpected_payload" },
        { 5, 5, 0, 65_537, 1, 0, "unexpected_payload" },
        { 5, 0, 0, 0, 1, 1, "unexpected_deadline" },
        { 9, 0, 0, 0, 0, ulong.MaxValue, "unexpected_deadline" },
        { 1, 0, 0, 0, 1, 0, "bad_stream_id" },
        { 4, 1, 0, 0, 0, 1, "bad_stream_id" },
        { 5, 0, 0, 0, 0, 0, "bad_stream_id" },
        { 6, 0, 0, 0, 0, 0, "bad_stream_id" },
        { 7, 0, 0, 0, 0, 0, "bad_stream_id" },
        { 11, 0, 0, 0, 1, 0, "bad_stream_id" },
    };

    [Theory]
    [MemberData(nameof(Legal))]
    public void A_header_within_its_limits_round_trips(
        byte type, ushort flags, ushort meta, uint payload, ulong stream, ulong deadline)
    {
        byte[] bytes = Header(type, flags, meta, payload, stream, deadline);

        FrameHeader header = FrameHeader.Decode(bytes);

        Assert.Equal(
            new FrameHeader((FrameType)type, (FrameFlags)flags, meta, (int)payload, stream, deadline), header);
        byte[] again = new byte[32];
        header.Encode(again);
        Assert.Equal(bytes, again);
    }

    [Theory]
    [MemberData(nameof(Illegal))]
    public void A_header_outside_its_limits_is_a_protocol_error(
        byte type, ushort flags, ushort meta, uint payload, ulong stream, ulong deadline, string error)
    {
        byte[] bytes = Header(type, flags, meta, payload, stream, deadline);

        Assert.Equal(error, Assert.Throws<ProtocolException>(() => FrameHeader.Decode(bytes)).Error);
    }

    [Theory]
    [InlineData(0, 0x51, "bad_magic")]
    [InlineData(1, 0x00, "bad_magic")]
    [InlineData(2, 0, "bad_header_version")]
    [InlineData(2, 2, "bad_header_version")]
    [InlineData(12, 1, "reserved_not_zero")]
    [InlineData(15, 0x80, "reserved_not_zero")]
    public void A_fixed_field_with_another_value_is_a_protocol_error(int position, byte value, string error)
    {
        byte[] bytes = Header(9, 0, 12, 0, 0, 0);
        bytes[position] = value;

        Assert.Equal(error, Assert.Throws<ProtocolException>(() => FrameHeader.Decode(bytes)).Error);
    }

    private static byte[] Header(byte type, ushort flags, ushort meta, uint payload, ulong stream, ulong deadline) =>
    [
        0x50, 0x42, 1, type, .. BitConverter.GetBytes(flags), .. BitConverter.GetBytes(meta),
        .. BitConverter.GetBytes(payload), 0, 0, 0, 0, .. BitConverter.GetBytes(stream), .. BitConverter.GetBytes(deadline),
    ];
}
