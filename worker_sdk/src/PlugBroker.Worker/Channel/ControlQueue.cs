// SPDX-License-Identifier: Apache-2.0
using System;
using PlugBroker.Wire;

namespace PlugBroker.Worker.Channel;

/// <summary>Frames that take no credit and leave before all others. At most 64 KiB wait.</summary>
internal sealed class ControlQueue
{
    private const int LargestFrame = WireLimits.HeaderBytes + WireLimits.MaxMetaBytes;

    private byte[] _bytes = new byte[4096];
    private int _length;

    public delegate int WriteFrame<in TState>(Span<byte> to, TState state);

    public bool IsEmpty => _length == 0;

    /// <summary>Appends the frame that <paramref name="write"/> writes.</summary>
    /// <exception cref="ProtocolException">More than 64 KiB wait: the peer does not read.</exception>
    public void Add<TState>(TState state, WriteFrame<TState> write)
    {
        AddBeyondLimit(state, write);
        if (_length > WireLimits.MaxQueuedControlBytes)
        {
            throw new ProtocolException("The broker does not read: more than 64 KiB of control frames wait for it.");
        }
    }

    /// <summary>Appends a frame for which there is always room: a GOAWAY, or a WINDOW, of which few can wait.</summary>
    public void AddBeyondLimit<TState>(TState state, WriteFrame<TState> write)
    {
        if (_bytes.Length - _length < LargestFrame)
        {
            Array.Resize(ref _bytes, _bytes.Length + (2 * LargestFrame));
        }

        _length += write(_bytes.AsSpan(_length), state);
    }

    /// <summary>Moves all that waits to the front of <paramref name="batch"/>, which has room for it; returns its length.</summary>
    public int MoveTo(Span<byte> batch)
    {
        int length = _length;
        _bytes.AsSpan(0, length).CopyTo(batch);
        _length = 0;
        return length;
    }
}
