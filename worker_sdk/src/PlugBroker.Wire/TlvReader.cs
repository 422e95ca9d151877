// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers.Binary;
using System.Text;

namespace PlugBroker.Wire;

/// <summary>Walks metadata front to back and checks what holds for every TLV.</summary>
/// <remarks>
/// After <see cref="Next"/> the caller reads the value by the method of its kind, or calls <see cref="SkipUnknown"/>.
/// A known type counts as itself with or without the critical bit.
/// </remarks>
internal ref struct TlvReader(ReadOnlySpan<byte> metadata)
{
    private const ushort CriticalBit = 0x8000;

    private ReadOnlySpan<byte> _rest = metadata;
    private ReadOnlySpan<byte> _value;
    private ulong _seen;
    private ulong _seenAbove63;
    private bool _critical;

    /// <summary>True once <see cref="SkipUnknown"/> passed over a TLV with the critical bit.</summary>
    public bool HasUnknownCritical { get; private set; }

    public TlvType Type { get; private set; }

    /// <summary>Goes to the next TLV; false at the end.</summary>
    /// <exception cref="ProtocolException">The TLV is cut off by the end of the metadata.</exception>
    public bool Next()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }

        if (_rest.Length < WireLimits.TlvHeaderBytes)
        {
            throw new ProtocolException("The metadata ends in the middle of a TLV's header.");
        }

        ushort type = BinaryPrimitives.ReadUInt16LittleEndian(_rest);
        int length = BinaryPrimitives.ReadUInt16LittleEndian(_rest[2..]);
        if (length > _rest.Length - WireLimits.TlvHeaderBytes)
        {
            throw new ProtocolException("A TLV is longer than what is left of the metadata.");
        }

        _critical = (type & CriticalBit) != 0;
        Type = (TlvType)(type & ~CriticalBit);
        _value = _rest.Slice(WireLimits.TlvHeaderBytes, length);
        _rest = _rest[(WireLimits.TlvHeaderBytes + length)..];
        return true;
    }

    public void SkipUnknown() => HasUnknownCritical |= _critical;

    public byte ReadU8() => Value(1, 1)[0];

    public ushort ReadU16() => BinaryPrimitives.ReadUInt16LittleEndian(Value(2, 2));

    public uint ReadU32() => BinaryPrimitives.ReadUInt32LittleEndian(Value(4, 4));

    public ulong ReadU64() => BinaryPrimitives.ReadUInt64LittleEndian(Value(8, 8));

    public ReadOnlySpan<byte> ReadBytes(int minLength, int maxLength) => Value(minLength, maxLength);

    /// <summary>The value of a TLV that may come again.</summary>
    public ReadOnlySpan<byte> ReadRepeated(int minLength, int maxLength)
    {
        CheckLength(minLength, maxLength);
        return _value;
    }

    /// <summary>Text of at most that many bytes. What is not UTF-8 becomes U+FFFD: it may come from a stranger.</summary>
    public string ReadText(int maxLength, int minLength = 0) => Encoding.UTF8.GetString(Value(minLength, maxLength));

    public readonly bool Saw(TlvType type) => (((ushort)type < 64 ? _seen : _seenAbove63) & Bit(type)) != 0;

    /// <exception cref="ProtocolException">The TLV was not among those read.</exception>
    public readonly void Require(TlvType type)
    {
        if (!Saw(type))
        {
            throw new ProtocolException($"The metadata lacks {type}.");
        }
    }

    /// <exception cref="ProtocolException">There was an unknown TLV with the critical bit.</exception>
    public readonly void RefuseUnknownCritical()
    {
        if (HasUnknownCritical)
        {
            throw new ProtocolException("The metadata has an unknown TLV that is marked critical.");
        }
    }

    /// <summary>Every known type is below 128.</summary>
    private static ulong Bit(TlvType type) => 1UL << ((ushort)type & 63);

    private ReadOnlySpan<byte> Value(int minLength, int maxLength)
    {
        if (Saw(Type))
        {
            throw new ProtocolException($"The metadata has {Type} twice.");
        }

        CheckLength(minLength, maxLength);
        if ((ushort)Type < 64)
        {
            _seen |= Bit(Type);
        }
        else
        {
            _seenAbove63 |= Bit(Type);
        }

        return _value;
    }

    private readonly void CheckLength(int minLength, int maxLength)
    {
        if (_value.Length < minLength || _value.Length > maxLength)
        {
            throw new ProtocolException($"The metadata has {Type} with a wrong length.");
        }
    }
}
