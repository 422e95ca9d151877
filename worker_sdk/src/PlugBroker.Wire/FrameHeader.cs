// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers.Binary;

namespace PlugBroker.Wire;

/// <summary>The 32 bytes at the front of every frame.</summary>
internal readonly record struct FrameHeader(
    FrameType Type, FrameFlags Flags, int MetaLength, int PayloadLength, ulong StreamId, ulong DeadlineMicroseconds)
{
    public const ushort Magic = 0x4250;
    public const byte Version = 1;

    public int FrameLength => WireLimits.HeaderBytes + MetaLength + PayloadLength;

    /// <summary>What this frame costs of the stream's and the connection's credit; 0 for frames that take none.</summary>
    public int Charge => Type is FrameType.Request or FrameType.Data ? PayloadLength + WireLimits.FrameCharge : 0;

    /// <summary>The caller sends no more on this stream.</summary>
    public bool EndsStream => (Flags & FrameFlags.EndStream) != 0;

    /// <summary>The frame carries no message and no part of one.</summary>
    public bool CarriesNoMessage => (Flags & FrameFlags.NoMessage) != 0;

    /// <summary>The frame is the last of a message.</summary>
    public bool EndsMessage => (Flags & (FrameFlags.More | FrameFlags.NoMessage)) == 0;

    /// <summary>False for numbers without a meaning in this version, the reserved LANE among them.</summary>
    public bool IsKnown => Type is >= FrameType.Hello and <= FrameType.Unimplemented and not FrameType.Lane;

    /// <summary>Writes the header to the first 32 bytes of <paramref name="to"/>.</summary>
    public void Encode(Span<byte> to)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(to, Magic);
        to[2] = Version;
        to[3] = (byte)Type;
        BinaryPrimitives.WriteUInt16LittleEndian(to[4..], (ushort)Flags);
        BinaryPrimitives.WriteUInt16LittleEndian(to[6..], (ushort)MetaLength);
        BinaryPrimitives.WriteUInt32LittleEndian(to[8..], (uint)PayloadLength);
        BinaryPrimitives.WriteUInt32LittleEndian(to[12..], 0);
        BinaryPrimitives.WriteUInt64LittleEndian(to[16..], StreamId);
        BinaryPrimitives.WriteUInt64LittleEndian(to[24..], DeadlineMicroseconds);
    }

    /// <summary>
    /// Reads and checks the 32 bytes at the front of <paramref name="from"/>, in the order of docs/PROTOCOL.md. Of a
    /// frame of unknown type only magic, version, reserved and lengths are checked. Whether this side may be sent the
    /// frame is not decided here.
    /// </summary>
    /// <exception cref="ProtocolException">A field is outside its limits.</exception>
    public static FrameHeader Decode(ReadOnlySpan<byte> from)
    {
        Check(BinaryPrimitives.ReadUInt16LittleEndian(from) == Magic, "bad_magic", "the frame does not begin with the magic number");
        Check(from[2] == Version, "bad_header_version", "the header version is not 1");
        Check(BinaryPrimitives.ReadUInt32LittleEndian(from[12..]) == 0, "reserved_not_zero", "the reserved field is not zero");
        uint payloadLength = BinaryPrimitives.ReadUInt32LittleEndian(from[8..]);
        var header = new FrameHeader(
            (FrameType)from[3],
            (FrameFlags)BinaryPrimitives.ReadUInt16LittleEndian(from[4..]),
            BinaryPrimitives.ReadUInt16LittleEndian(from[6..]),
            (int)Math.Min(payloadLength, int.MaxValue),
            BinaryPrimitives.ReadUInt64LittleEndian(from[16..]),
            BinaryPrimitives.ReadUInt64LittleEndian(from[24..]));
        header.CheckFields();
        return header;
    }

    private static void Check(bool rule, string error, string message)
    {
        if (!rule)
        {
            throw new ProtocolException(message, error);
        }
    }

    private void CheckFields()
    {
        bool known = IsKnown;
        bool carriesPayload = !known || Type is FrameType.Request or FrameType.Data;
        FrameFlags allowed = carriesPayload
            ? FrameFlags.EndStream | FrameFlags.More | FrameFlags.NoMessage
            : FrameFlags.None;
        int maxMeta = Type is FrameType.Hello or FrameType.HelloAck ? WireLimits.MaxHelloMetaBytes : WireLimits.MaxMetaBytes;
        Check(!known || (Flags & ~allowed) == 0, "unknown_flags", "a flag is set that this type of frame does not have");
        Check(!known || FlagsFit(), "conflicting_flags", "flags are set that exclude each other");
        Check(MetaLength <= maxMeta, "meta_too_long", "the metadata is longer than allowed");
        Check(
            PayloadLength == 0 || (carriesPayload && !(known && CarriesNoMessage)),
            "unexpected_payload", "this frame has no payload");
        Check(PayloadLength <= WireLimits.MaxChunkBytes, "payload_too_long", "the payload is longer than the largest chunk");
        Check(
            !known || Type == FrameType.Request || DeadlineMicroseconds == 0,
            "unexpected_deadline", "only REQUEST has a deadline");
        Check(!known || StreamIdFits(), "bad_stream_id", "the stream id does not fit the type of the frame");
    }

    private bool FlagsFit()
    {
        bool more = (Flags & FrameFlags.More) != 0;
        return CarriesNoMessage ? !more && (Type == FrameType.Request || EndsStream) : !more || !EndsStream;
    }

    private bool StreamIdFits() => Type switch
    {
        FrameType.Request or FrameType.Data or FrameType.End or FrameType.Cancel => StreamId != 0,
        FrameType.Window or FrameType.Unimplemented => true,
        _ => StreamId == 0,
    };
}
