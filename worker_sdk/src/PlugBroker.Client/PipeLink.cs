// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using PlugBroker.Client.Core;
using PlugBroker.Wire;

namespace PlugBroker.Client;

/// <summary>
/// Moves bytes between one pipe and its connection: one loop reads and never waits for writing, the other writes whatever is
/// ready in one go.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "Neither has a handle or a timer to free.")]
internal sealed class PipeLink(ClientDriver driver, SessionLink link, Stream pipe)
{
    private readonly SemaphoreSlim _wake = new(0);
    private readonly CancellationTokenSource _stop = new();
    private int _wakes;

    public SessionLink Session { get; } = link;

    /// <summary>Runs until the pipe is closed by either side; returns why.</summary>
    public async Task<string> RunAsync()
    {
        Task<string> reading = ReadAsync();
        Task<string> writing = WriteAsync();
        string why = await (await Task.WhenAny(reading, writing).ConfigureAwait(false)).ConfigureAwait(false);
        await _stop.CancelAsync().ConfigureAwait(false);
        await pipe.DisposeAsync().ConfigureAwait(false);
        await Task.WhenAll(reading, writing).ConfigureAwait(false);
        return why;
    }

    /// <summary>There may be something to write, or it is time to close.</summary>
    public void Wake()
    {
        if (Interlocked.Exchange(ref _wakes, 1) == 0)
        {
            _wake.Release();
        }
    }

    /// <summary>Closes the pipe, whatever is outstanding. <see cref="RunAsync"/> returns soon.</summary>
    public void Abort() => _ = _stop.CancelAsync();

    private static string Lost(Exception exception) =>
        $"the connection to the service was lost ({exception.Message})";

    private async Task<string> ReadAsync()
    {
        try
        {
            while (true)
            {
                int count = await pipe.ReadAsync(Session.Connection.ReadSpace, _stop.Token).ConfigureAwait(false);
                if (count == 0)
                {
                    return "the connection to the service was lost (the service closed it)";
                }

                driver.Received(this, count);
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or OperationCanceledException)
        {
            return Lost(exception);
        }
    }

    private async Task<string> WriteAsync()
    {
        byte[]? batch = null;
        try
        {
            while (true)
            {
                batch ??= ArrayPool<byte>.Shared.Rent(WireLimits.MaxWriteBytes);
                int count = driver.Produce(this, batch, out bool close);
                if (count != 0)
                {
                    await pipe.WriteAsync(batch.AsMemory(0, count), _stop.Token).ConfigureAwait(false);
                    continue;
                }

                ArrayPool<byte>.Shared.Return(batch);
                batch = null;
                if (close)
                {
                    return "the connection was closed";
                }

                await _wake.WaitAsync(_stop.Token).ConfigureAwait(false);
                Volatile.Write(ref _wakes, 0);
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The batch may still be read by a write that was given up: it does not go back to the pool.
            return Lost(exception);
        }
    }
}
