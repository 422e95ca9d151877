// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using PlugBroker.Wire;

namespace PlugBroker.Worker.Channel;

/// <summary>
/// The messages of a call's request between the channel and the handler that reads them one by one. Guarded by the
/// session's lock.
/// </summary>
/// <remarks>
/// A message keeps its credit until the handler takes it, so that a slow handler stops its own stream and no more than
/// the stream's window waits here. Only the message that the handler is waiting for gives its credit back as it comes:
/// it may be larger than the window.
/// </remarks>
internal sealed class Inbox
{
    private readonly Queue<Arrival> _whole = new();
    private MessageBuffer? _building;
    private int _buildingHolds;
    private bool _ended;
    private bool _closed;
    private TaskCompletionSource<bool>? _reader;

    /// <summary>Takes the payload of one frame.</summary>
    /// <param name="frame">A REQUEST or DATA of this call.</param>
    /// <param name="limit">The most bytes that a message may have.</param>
    /// <param name="release">The credit that may be returned now.</param>
    /// <returns>False when the message is larger than a message may be.</returns>
    public bool TryTake(in Frame frame, long limit, out int release)
    {
        release = 0;
        if (frame.Header.CarriesNoMessage)
        {
            release = frame.Header.Charge;
        }
        else
        {
            _building ??= new MessageBuffer();
            if (!_building.TryAppend(frame.Payload, limit))
            {
                return false;
            }

            _buildingHolds += frame.Header.Charge;
            if (frame.Header.EndsMessage)
            {
                _whole.Enqueue(new Arrival(_building, _buildingHolds));
                _building = null;
                _buildingHolds = 0;
                WakeReader();
            }
            else if (_reader is not null)
            {
                release = ReleaseBuilding();
            }
        }

        if (frame.Header.EndsStream)
        {
            _ended = true;
            WakeReader();
        }

        return true;
    }

    /// <summary>Hands the next message over; null when it has not come yet, or when there is none any more.</summary>
    /// <param name="ended">No message will come.</param>
    /// <param name="release">The credit that may be returned now.</param>
    public MessageBuffer? Take(out bool ended, out int release)
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        if (_whole.Count == 0)
        {
            ended = _ended;
            release = 0;
            return null;
        }

        Arrival next = _whole.Dequeue();
        ended = false;
        release = next.Holds;
        return next.Buffer;
    }

    /// <summary>Ends when a message has come, none will come or the call is cancelled.</summary>
    /// <param name="release">The credit that may be returned now.</param>
    public TaskCompletionSource<bool> WaitAsync(out int release)
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        release = ReleaseBuilding();
        return _reader = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Who waits stops waiting.</summary>
    public void Cancel(CancellationToken token)
    {
        _reader?.TrySetCanceled(token);
        _reader = null;
    }

    /// <summary>The call is over: what nobody has taken goes back to the pool.</summary>
    public void Close()
    {
        _closed = true;
        _building?.Release();
        _building = null;
        while (_whole.Count != 0)
        {
            _whole.Dequeue().Buffer.Release();
        }

        WakeReader();
    }

    private int ReleaseBuilding()
    {
        int held = _buildingHolds;
        _buildingHolds = 0;
        return held;
    }

    private void WakeReader()
    {
        _reader?.TrySetResult(true);
        _reader = null;
    }

    private readonly record struct Arrival(MessageBuffer Buffer, int Holds);
}
