// SPDX-License-Identifier: Apache-2.0
using System;

namespace PlugBroker.Wire;

/// <summary>A whole frame. The spans are valid until the reader is asked for the next frame or given more bytes.</summary>
internal readonly ref struct Frame(FrameHeader header, ReadOnlySpan<byte> meta, ReadOnlySpan<byte> payload)
{
    public FrameHeader Header { get; } = header;

    public ReadOnlySpan<byte> Meta { get; } = meta;

    public ReadOnlySpan<byte> Payload { get; } = payload;
}

/// <summary>
/// Cuts a byte stream into frames. Whatever bytes come, it yields frames, asks for more or throws the one
/// <see cref="ProtocolException"/>, independent of how the bytes were cut.
/// </summary>
/// <remarks>
/// The caller reads into <see cref="FreeSpace"/>, says how much by <see cref="Advance"/>, then takes frames until there
/// is none. All memory is one buffer, made once, in which every legal frame fits; a header is checked before any byte
/// that follows it is waited for. After an exception the reader is of no more use.
/// </remarks>
internal sealed class FrameReader
{
    private readonly byte[] _buffer = new byte[2 * WireLimits.MaxFrameBytes];
    private int _start;
    private int _end;
    private FrameHeader _header;
    private bool _headerRead;

    /// <summary>Room for the next read; never empty when no whole frame is left in the reader.</summary>
    public Memory<byte> FreeSpace
    {
        get
        {
            if (_start == _end)
            {
                _start = _end = 0;
            }
            else if (_buffer.Length - _start < WireLimits.MaxFrameBytes)
            {
                _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
                _end -= _start;
                _start = 0;
            }

            return _buffer.AsMemory(_end);
        }
    }

    /// <summary>True when the bytes so far end in the middle of a frame.</summary>
    public bool InFrame => _start != _end;

    /// <summary>Says that <paramref name="count"/> bytes were written to the front of <see cref="FreeSpace"/>.</summary>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _buffer.Length - _end);
        _end += count;
    }

    /// <summary>Takes the next whole frame; false when more bytes are needed.</summary>
    /// <exception cref="ProtocolException">The bytes are no frame.</exception>
    public bool TryRead(out Frame frame)
    {
        frame = default;
        ReadOnlySpan<byte> bytes = _buffer.AsSpan(_start, _end - _start);
        if (!_headerRead)
        {
            if (bytes.Length < WireLimits.HeaderBytes)
            {
                return false;
            }

            _header = FrameHeader.Decode(bytes);
            _headerRead = true;
        }

        if (bytes.Length < _header.FrameLength)
        {
            return false;
        }

        frame = new Frame(
            _header,
            bytes.Slice(WireLimits.HeaderBytes, _header.MetaLength),
            bytes.Slice(WireLimits.HeaderBytes + _header.MetaLength, _header.PayloadLength));
        _start += _header.FrameLength;
        _headerRead = false;
        return true;
    }
}
