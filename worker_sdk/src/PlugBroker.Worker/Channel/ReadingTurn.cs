// SPDX-License-Identifier: Apache-2.0
using System.Threading;

namespace PlugBroker.Worker.Channel;

/// <summary>
/// Whose turn it is to read a channel: its reader offers it while it does something else, and has it back afterwards
/// unless another thread has taken it meanwhile.
/// </summary>
internal sealed class ReadingTurn
{
    private int _last;
    private int _offered;

    /// <summary>The number of the last turn that was offered; 0 before the first.</summary>
    public int Last => Volatile.Read(ref _last);

    /// <summary>The number of the turn that is on offer; 0 when none is.</summary>
    public int Offered => Volatile.Read(ref _offered);

    /// <summary>For the reader. Returns the turn's number, never 0.</summary>
    public int Offer()
    {
        int number = _last == int.MaxValue ? 1 : _last + 1;
        Volatile.Write(ref _last, number);
        Interlocked.Exchange(ref _offered, number);
        return number;
    }

    /// <summary>True for one caller: it is the reader from here on.</summary>
    public bool TryTake(int number) => Interlocked.CompareExchange(ref _offered, 0, number) == number;
}
