// SPDX-License-Identifier: Apache-2.0
using System;
using PlugBroker.Wire;

namespace PlugBroker.Client.Core;

/// <summary>Frames that take no credit and leave before all others.</summary>
internal sealed class ControlFrames
{
    /// <summary>HELLO and GOAWAY are the largest; the other frames of a client have a few bytes.</summary>
    private const int LargestFrame = WireLimits.HeaderBytes + WireLimits.MaxHelloMetaBytes;

    private byte[] _bytes = new byte[512];
    private int _length;

    public delegate int WriteFrame<in TState>(Span<byte> to, TState state);

    public bool IsEmpty => _length == 0;

    /// <summary>More waits than a peer that reads would let wait.</summary>
    public bool IsOverfull => _length > WireLimits.MaxQueuedControlBytes;

    /// <summary>Appends the frame that <paramref name="write"/> writes.</summary>
    public void Add<TState>(TState state, WriteFrame<TState> write)
    {
        if (_bytes.Length - _length < LargestFrame)
        {
            Array.Resize(ref _bytes, _length + (2 * LargestFrame));
        }

        _length += write(_bytes.AsSpan(_length), state);
    }

    public void Clear() => _length = 0;

    /// <summary>Moves all that waits to the front of <paramref name="batch"/>, which has room for it; returns its length.</summary>
    public int MoveTo(Span<byte> batch)
    {
        int length = _length;
        _bytes.AsSpan(0, length).CopyTo(batch);
        _length = 0;
        return length;
    }
}
