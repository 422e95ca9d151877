// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers;
using System.Collections.Generic;
using PlugBroker.Wire;

namespace PlugBroker.Client.Core;

/// <summary>A reply's messages that were not taken yet, and the credit due for them.</summary>
/// <remarks>
/// The credit of a stored message is due when it is taken; that of a message which is still coming at once while no other is
/// stored, or it could not come to its end.
/// </remarks>
internal sealed class IncomingMessages
{
    private readonly Queue<(byte[] Bytes, int Charge)> _whole = new();
    private MessageBuffer? _begun;
    private int _begunCharge;

    public bool HasMessage => _whole.Count != 0;

    /// <summary>A message has begun and not ended.</summary>
    public bool InMessage => _begun is not null;

    /// <summary>Adds a frame. False, taking nothing, when the message would pass <paramref name="limit"/>.</summary>
    /// <param name="bytes">The frame's payload.</param>
    /// <param name="more">The message goes on.</param>
    /// <param name="charge">What the frame cost.</param>
    /// <param name="limit">The largest message.</param>
    /// <param name="credit">What is due back now.</param>
    public bool TryAppend(ReadOnlySpan<byte> bytes, bool more, int charge, long limit, out int credit)
    {
        credit = 0;
        if (!more && _begun is null)
        {
            if (bytes.Length > limit)
            {
                return false;
            }

            _whole.Enqueue((bytes.ToArray(), charge));
            return true;
        }

        _begun ??= new MessageBuffer();
        if (!_begun.TryAppend(bytes, limit))
        {
            return false;
        }

        _begunCharge += charge;
        if (!more)
        {
            _whole.Enqueue((_begun.Bytes.ToArray(), _begunCharge));
            DropBegun();
        }
        else if (_whole.Count == 0)
        {
            credit = TakeBegunCharge();
        }

        return true;
    }

    /// <summary>Takes the oldest whole message, of which there is one, and the credit that is due back then.</summary>
    public byte[] Take(out int credit)
    {
        (byte[] bytes, credit) = _whole.Dequeue();
        if (_whole.Count == 0)
        {
            credit += TakeBegunCharge();
        }

        return bytes;
    }

    /// <summary>Drops the message that has not ended.</summary>
    public void DropBegun()
    {
        _begun?.Release();
        _begun = null;
        _begunCharge = 0;
    }

    public void DropAll()
    {
        DropBegun();
        _whole.Clear();
    }

    private int TakeBegunCharge()
    {
        int charge = _begunCharge;
        _begunCharge = 0;
        return charge;
    }
}
