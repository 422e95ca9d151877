// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers.Binary;
using System.Text;

namespace PlugBroker.Wire;

/// <summary>Appends TLVs to a buffer that the caller made large enough.</summary>
internal ref struct TlvWriter(Span<byte> buffer)
{
    private readonly Span<byte> _buffer = buffer;

    public int Length { get; private set; }

    public void PutU8(TlvType type, byte value) => Put(type, 1)[0] = value;

    public void PutU16(TlvType type, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(Put(type, 2), value);

    public void PutU32(TlvType type, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Put(type, 4), value);

    public void PutU64(TlvType type, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Put(type, 8), value);

    public void PutBytes(TlvType type, scoped ReadOnlySpan<byte> value) => value.CopyTo(Put(type, value.Length));

    /// <summary>Puts text, cut at a character's border to at most <paramref name="maxBytes"/>; nothing when it is empty.</summary>
    public void PutText(TlvType type, string? text, int maxBytes)
    {
        if (string.IsNullOrEmpty(text))
        {
            return;
        }

        int length = Encoding.UTF8.GetByteCount(text!);
        if (length <= maxBytes)
        {
            Encoding.UTF8.GetBytes(text.AsSpan(), Put(type, length));
            return;
        }

        ReadOnlySpan<byte> whole = Encoding.UTF8.GetBytes(text!);
        while (maxBytes > 0 && (whole[maxBytes] & 0xC0) == 0x80)
        {
            maxBytes--;
        }

        PutBytes(type, whole[..maxBytes]);
    }

    /// <summary>Puts the TLV's header; the caller fills what is returned.</summary>
    public Span<byte> Put(TlvType type, int length)
    {
        Span<byte> to = _buffer[Length..];
        BinaryPrimitives.WriteUInt16LittleEndian(to, (ushort)type);
        BinaryPrimitives.WriteUInt16LittleEndian(to[2..], (ushort)length);
        Length += WireLimits.TlvHeaderBytes + length;
        return to.Slice(WireLimits.TlvHeaderBytes, length);
    }
}
