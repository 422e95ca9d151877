// SPDX-License-Identifier: Apache-2.0
namespace PlugBroker.Wire;

/// <summary>The credit the peer gave us: how much we may still send.</summary>
internal struct SendWindow(uint initial)
{
    private long _available = initial;

    /// <summary>The most payload that one frame may carry now; negative when not even an empty frame is affordable.</summary>
    public readonly int PayloadRoom => (int)(_available - WireLimits.FrameCharge);

    public readonly long Available => _available;

    /// <summary>Takes what a frame costs, which must be covered.</summary>
    public void Spend(int charge) => _available -= charge;

    /// <summary>Adds what the peer granted.</summary>
    /// <exception cref="ProtocolException">The sum passes 2,147,483,647.</exception>
    public void Add(uint credit)
    {
        _available += credit;
        if (_available > WireLimits.MaxWindow)
        {
            throw new ProtocolException("The peer granted more than 2,147,483,647 bytes of credit.");
        }
    }
}

/// <summary>What the stream windows of one connection may still grow. Guarded by the owner's lock.</summary>
internal sealed class WindowGrowth(int bytes = WireLimits.WindowGrowth)
{
    private int _left = bytes;

    /// <summary>Takes up to <paramref name="wanted"/> bytes; returns how many.</summary>
    public int Take(int wanted)
    {
        int taken = wanted < _left ? wanted : _left;
        _left -= taken;
        return taken;
    }

    /// <summary>A stream that had grown has ended.</summary>
    public void GiveBack(int bytes) => _left += bytes;
}

/// <summary>The credit we gave the peer: how much it may still send, and what is due back to it.</summary>
internal struct ReceiveWindow(int size)
{
    private readonly int _first = size;
    private int _size = size;
    private int _granted = size;
    private int _due;

    /// <summary>What this window has taken of the connection's <see cref="WindowGrowth"/>.</summary>
    public readonly int Growth => _size - _first;

    /// <summary>A frame came in.</summary>
    /// <exception cref="ProtocolException">The peer spent more than it was granted.</exception>
    public void Receive(int charge)
    {
        _granted -= charge;
        if (_granted < 0)
        {
            throw new ProtocolException("The peer sent more than its credit.");
        }
    }

    /// <summary>
    /// Received bytes are out of the way. Returns the credit to send in a WINDOW now, which is thereby granted, or 0
    /// while less than half of the window is due.
    /// </summary>
    public uint Release(int charge)
    {
        _due += charge;
        if (_due < _size / 2)
        {
            return 0;
        }

        int credit = _due;
        _granted += credit;
        _due = 0;
        return (uint)credit;
    }

    /// <summary>
    /// As Release, and doubles the window, up to 1 MiB and as far as <paramref name="growth"/> reaches, when the peer had
    /// used it up while all that came had been taken: then the window was the brake, not the reader.
    /// </summary>
    public uint Release(int charge, WindowGrowth growth)
    {
        bool windowIsTheBrake = _granted < WireLimits.MinWindow && _granted + _due + charge == _size;
        if (windowIsTheBrake && _size < WireLimits.MaxStreamWindow)
        {
            int wanted = (2 * _size < WireLimits.MaxStreamWindow ? 2 * _size : WireLimits.MaxStreamWindow) - _size;
            int grown = growth.Take(wanted);
            _size += grown;
            _due += grown;
        }

        return Release(charge);
    }
}
