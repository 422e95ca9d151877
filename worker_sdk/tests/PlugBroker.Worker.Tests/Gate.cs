// SPDX-License-Identifier: Apache-2.0
using System.Threading;
using System.Threading.Tasks;

namespace PlugBroker.Worker.Tests;

/// <summary>A handler that a test holds: it says that it has started, then waits to be let go.</summary>
internal sealed class Gate
{
    private readonly SemaphoreSlim _entered = new(0);
    private readonly SemaphoreSlim _open = new(0);
    private int _inside;
    private int _most;

    /// <summary>The most handlers that were ever inside at once.</summary>
    public int Most => Volatile.Read(ref _most);

    /// <summary>Waits until a handler has come in.</summary>
    public Task EnteredAsync() => _entered.WaitAsync().Guarded();

    /// <summary>Lets that many handlers go.</summary>
    public void Open(int handlers = 1) => _open.Release(handlers);

    /// <summary>Answers with the request once it was let go; gives up when the token fires.</summary>
    public async ValueTask<Reply> EchoAsync(Request request, CancellationToken cancellation)
    {
        await PassAsync(cancellation);
        return Reply.Bytes(request.Payload);
    }

    /// <summary>The same, but deaf to the token.</summary>
    public async ValueTask<Reply> StubbornEchoAsync(Request request, CancellationToken cancellation)
    {
        await PassAsync(CancellationToken.None);
        return Reply.Bytes(request.Payload);
    }

    private async Task PassAsync(CancellationToken cancellation)
    {
        int inside = Interlocked.Increment(ref _inside);
        InterlockedMax(ref _most, inside);
        _entered.Release();
        try
        {
            await _open.WaitAsync(cancellation);
        }
        finally
        {
            Interlocked.Decrement(ref _inside);
        }
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (int seen = Volatile.Read(ref target); value > seen; seen = Volatile.Read(ref target))
        {
            Interlocked.CompareExchange(ref target, value, seen);
        }
    }
}
