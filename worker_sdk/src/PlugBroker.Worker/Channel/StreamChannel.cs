// SPDX-License-Identifier: Apache-2.0
using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using PlugBroker.Wire;

namespace PlugBroker.Worker.Channel;

/// <summary>A channel on a duplex stream, which it owns.</summary>
internal sealed class StreamChannel(Stream stream) : IByteChannel
{
    private readonly CancellationTokenSource _stop = new();

    public int Read(Memory<byte> buffer)
    {
        try
        {
            ValueTask<int> read = stream.ReadAsync(buffer, _stop.Token);
            return read.IsCompletedSuccessfully ? read.Result : read.AsTask().GetAwaiter().GetResult();
        }
        catch (Exception exception) when (_stop.IsCancellationRequested && exception is not OperationCanceledException)
        {
            throw new OperationCanceledException(exception.Message, exception);
        }
    }

    public void Write(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            ValueTask write = stream.WriteAsync(bytes, _stop.Token);
            if (!write.IsCompletedSuccessfully)
            {
                write.AsTask().GetAwaiter().GetResult();
            }
        }
        catch (Exception exception) when (_stop.IsCancellationRequested && exception is not OperationCanceledException)
        {
            throw new OperationCanceledException(exception.Message, exception);
        }
    }

    public void Interrupt() => _stop.Cancel();

    public void Dispose()
    {
        Interrupt();
        stream.Dispose();
    }
}
