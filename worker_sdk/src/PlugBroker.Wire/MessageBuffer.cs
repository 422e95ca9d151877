// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers;

namespace PlugBroker.Wire;

/// <summary>
/// Gathers a message's bytes from its frames in pooled arrays. Memory grows with what has come. Not thread-safe.
/// </summary>
internal sealed class MessageBuffer
{
    private const int LaterSegmentBytes = 64 * 1024;

    private Segment? _first;
    private Segment? _last;
    private bool _released;

    public int Length { get; private set; }

    /// <summary>The bytes so far, valid until <see cref="Release"/>.</summary>
    /// <exception cref="ObjectDisposedException">They were released.</exception>
    public ReadOnlySequence<byte> Bytes
    {
        get
        {
            ObjectDisposedException.ThrowIf(_released, this);
            return _first is null
                ? ReadOnlySequence<byte>.Empty
                : new ReadOnlySequence<byte>(_first, 0, _last!, _last!.Memory.Length);
        }
    }

    /// <summary>Copies the bytes in; false, taking nothing, when the whole would be longer than <paramref name="limit"/>.</summary>
    public bool TryAppend(ReadOnlySpan<byte> bytes, long limit)
    {
        if (Length + (long)bytes.Length > limit)
        {
            return false;
        }

        Length += bytes.Length;
        if (_last is not null)
        {
            bytes = bytes[_last.Fill(bytes)..];
        }

        if (!bytes.IsEmpty)
        {
            var segment = new Segment(_last, _last is null ? bytes.Length : Math.Max(bytes.Length, LaterSegmentBytes));
            segment.Fill(bytes);
            _first ??= segment;
            _last = segment;
        }

        return true;
    }

    /// <summary>Gives the arrays back to the pool. Harmless the second time.</summary>
    public void Release()
    {
        _released = true;
        Segment? segment = _first;
        _first = _last = null;
        Length = 0;
        while (segment is not null)
        {
            Segment? next = segment.Following;
            segment.Release();
            segment = next;
        }
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        private readonly byte[] _array;
        private int _used;

        public Segment(Segment? previous, int capacity)
        {
            _array = ArrayPool<byte>.Shared.Rent(capacity);
            if (previous is not null)
            {
                RunningIndex = previous.RunningIndex + previous.Memory.Length;
                previous.Next = this;
            }
        }

        public Segment? Following => (Segment?)Next;

        /// <summary>Takes as many bytes as there is room for; returns how many.</summary>
        public int Fill(ReadOnlySpan<byte> bytes)
        {
            int count = Math.Min(bytes.Length, _array.Length - _used);
            bytes[..count].CopyTo(_array.AsSpan(_used));
            _used += count;
            Memory = new ReadOnlyMemory<byte>(_array, 0, _used);
            return count;
        }

        public void Release()
        {
            Memory = default;
            Next = null;
            ArrayPool<byte>.Shared.Return(_array);
        }
    }
}
