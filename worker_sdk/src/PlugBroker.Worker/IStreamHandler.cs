// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Threading;

namespace PlugBroker.Worker;

/// <summary>
/// Answers the calls of one or more routes with streams of messages. One instance serves all calls, up to the worker's
/// concurrency at once.
/// </summary>
public interface IStreamHandler
{
    /// <summary>Answers one call.</summary>
    /// <remarks>
    /// The call ends when the messages end; an exception ends it as it does in <see cref="IRequestHandler"/>, after the
    /// messages before it. A message's memory may change when the next one is asked for. The next one is asked for when
    /// there is room for it: a caller that reads slowly slows this handler.
    /// </remarks>
    /// <param name="request">What the caller sends.</param>
    /// <param name="cancellationToken">
    /// Fires when the caller gives up, when the deadline passes and when the broker is gone. The worker's slot stays
    /// taken until the enumeration has ended, so heed it.
    /// </param>
    IAsyncEnumerable<ReadOnlyMemory<byte>> HandleAsync(StreamRequest request, CancellationToken cancellationToken);
}
