// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;

namespace PlugBroker.Worker.Testing;

/// <summary>A call with streams of messages, as its caller sees it. One writer, one reader.</summary>
public sealed class TestStreamCall
{
    private readonly WorkerTestHost _host;
    private readonly TestCall _call;

    internal TestStreamCall(WorkerTestHost host, TestCall call)
    {
        _host = host;
        _call = call;
    }

    /// <summary>How the call ended, once it has. Whoever sends a message waits for that no longer than for the message.</summary>
    public Task<TestReply> Ended => _host.ReplyAsync(_call);

    /// <summary>Sends a message; ends when the worker has room for all of it, or the call has ended.</summary>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">Stops waiting. A message that was begun is then never finished: cancel the call.</param>
    public Task WriteAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken = default) =>
        _host.Connection.SendAsync(_call, message, last: false, cancellationToken);

    /// <summary>Says that no message follows.</summary>
    public void CompleteWriting() => _host.Connection.HalfClose(_call);

    /// <summary>Gives the call up.</summary>
    public void Cancel() => _host.Connection.GiveUp(_call, StatusCode.Cancelled, "The caller cancelled the call.");

    /// <summary>The messages of the reply, up to the end of the call, however it ends: see <see cref="Ended"/>.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAllAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (await _host.Connection.ReadAsync(_call, cancellationToken).ConfigureAwait(false) is { } message)
        {
            yield return message;
        }
    }
}
