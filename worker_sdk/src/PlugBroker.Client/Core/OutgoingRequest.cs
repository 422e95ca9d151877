// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;

namespace PlugBroker.Client.Core;

/// <summary>What one REQUEST or DATA carries.</summary>
/// <param name="Payload">Valid until the request is told that it was written.</param>
/// <param name="More">The message goes on.</param>
/// <param name="EndsStream">Nothing follows.</param>
/// <param name="NoMessage">There is no message in it.</param>
internal readonly record struct RequestPiece(ReadOnlyMemory<byte> Payload, bool More, bool EndsStream, bool NoMessage);

/// <summary>The request of a call: messages in order, and how far they have been written.</summary>
/// <remarks>
/// Messages are dropped as they are written, but a unary call's one, and the first 64 KiB of a stream as long as nothing was
/// dropped: then it can be sent again. Bounded by its owner, who asks <see cref="Unwritten"/> before <see cref="Add"/>.
/// </remarks>
internal sealed class OutgoingRequest
{
    public const int KeptBytes = 64 * 1024;

    private readonly List<ReadOnlyMemory<byte>> _messages = [];
    private readonly bool _single;
    private long _total;
    private int _next;
    private int _offset;
    private bool _dropped;

    /// <summary>A stream's, empty and open.</summary>
    public OutgoingRequest()
    {
    }

    /// <summary>The one message of a unary call, which is not copied, and the end.</summary>
    public OutgoingRequest(ReadOnlyMemory<byte> message)
    {
        _single = true;
        Add(message);
        Closed = true;
    }

    /// <summary>No more messages.</summary>
    public bool Closed { get; private set; }

    /// <summary>Everything, the end included, has been written.</summary>
    public bool Finished { get; private set; }

    /// <summary>Bytes that were added and not yet written, and as many as frames cost for each message.</summary>
    public long Unwritten { get; private set; }

    /// <summary>True when <see cref="Rewind"/> can bring back all of it.</summary>
    public bool CanRewind => !_dropped;

    /// <summary>It is small enough to be sent again after a failure.</summary>
    public bool IsKept => !_dropped && _total <= KeptBytes;

    /// <summary>The size of a unary call's message.</summary>
    public long TotalBytes => _total;

    /// <summary>One more message, which must stay as it is. Only before <see cref="Close"/>.</summary>
    public void Add(ReadOnlyMemory<byte> message)
    {
        _messages.Add(message);
        _total += message.Length;
        Unwritten += Cost(message);
    }

    public void Close() => Closed = true;

    /// <summary>
    /// What the next frame carries with at most <paramref name="room"/> bytes of payload; false when there is nothing to
    /// say, or no room for a byte of what there is. <paramref name="first"/> is the REQUEST, which goes out even without a
    /// message.
    /// </summary>
    public bool TryNext(int room, bool first, out RequestPiece piece)
    {
        piece = default;
        if (Finished || room < 0)
        {
            return false;
        }

        if (_next == _messages.Count)
        {
            piece = new RequestPiece(default, false, Closed, true);
            return first || Closed;
        }

        ReadOnlyMemory<byte> left = _messages[_next][_offset..];
        if (left.Length != 0 && room == 0)
        {
            return false;
        }

        bool more = left.Length > room;
        bool isLast = Closed && !more && _next + 1 == _messages.Count;
        piece = new RequestPiece(more ? left[..room] : left, more, isLast, false);
        return true;
    }

    /// <summary><paramref name="piece"/> of <see cref="TryNext"/> was written.</summary>
    public void Written(in RequestPiece piece)
    {
        Finished = piece.EndsStream;
        if (piece.NoMessage)
        {
            return;
        }

        if (piece.More)
        {
            _offset += piece.Payload.Length;
            return;
        }

        Unwritten -= Cost(_messages[_next]);
        _offset = 0;
        _next++;
        DropWritten();
    }

    /// <summary>Nothing has been written. Only when <see cref="CanRewind"/>.</summary>
    public void Rewind()
    {
        _next = 0;
        _offset = 0;
        Finished = false;
        Unwritten = 0;
        foreach (ReadOnlyMemory<byte> message in _messages)
        {
            Unwritten += Cost(message);
        }
    }

    /// <summary>Frees what is kept. The request ends here.</summary>
    public void Drop()
    {
        _messages.Clear();
        _next = 0;
        Unwritten = 0;
        _dropped = true;
        Closed = true;
        Finished = true;
    }

    private static int Cost(ReadOnlyMemory<byte> message) => message.Length + Wire.WireLimits.FrameCharge;

    /// <summary>Moves the rest only when that costs no more than was written since the last time.</summary>
    private void DropWritten()
    {
        if (_single || (!_dropped && _total + ((long)_messages.Count * Wire.WireLimits.FrameCharge) <= KeptBytes))
        {
            return;
        }

        _dropped = true;
        _messages[_next - 1] = default;
        if (2 * _next >= _messages.Count)
        {
            _messages.RemoveRange(0, _next);
            _next = 0;
        }
    }
}
