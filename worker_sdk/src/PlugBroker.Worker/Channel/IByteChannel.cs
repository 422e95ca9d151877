// SPDX-License-Identifier: Apache-2.0
using System;
using System.IO;

namespace PlugBroker.Worker.Channel;

/// <summary>
/// A channel's bytes, both ways at once, by calls that wait: one thread at a time reads, one writes. Dispose closes it;
/// what waits then is interrupted first.
/// </summary>
internal interface IByteChannel : IDisposable
{
    /// <summary>Waits until there are bytes and returns how many; 0 at the end.</summary>
    /// <param name="buffer">Not empty.</param>
    /// <exception cref="IOException">The channel broke.</exception>
    /// <exception cref="OperationCanceledException">It was interrupted.</exception>
    int Read(Memory<byte> buffer);

    /// <summary>Waits until all the bytes are gone.</summary>
    /// <param name="bytes">Not empty.</param>
    /// <exception cref="IOException">The channel broke.</exception>
    /// <exception cref="OperationCanceledException">It was interrupted.</exception>
    void Write(ReadOnlyMemory<byte> bytes);

    /// <summary>Ends what waits, and whatever comes, by OperationCanceledException. Any thread, any number of times.</summary>
    void Interrupt();
}
