// SPDX-License-Identifier: Apache-2.0
using System.Threading;
using System.Threading.Tasks;

namespace PlugBroker.Worker;

/// <summary>Answers the calls of one or more routes. One instance serves all calls, up to the worker's concurrency at once.</summary>
public interface IRequestHandler
{
    /// <summary>Answers one call.</summary>
    /// <remarks>
    /// An exception ends the call: <see cref="CallFailedException"/> with its own status, well-known ones with a status
    /// by the table in the package's README, anything else with <see cref="StatusCode.Internal"/>; the message is the
    /// exception's type and message.
    /// </remarks>
    /// <param name="request">What the caller sent.</param>
    /// <param name="cancellationToken">
    /// Fires when the caller gives up, when the deadline passes and when the broker is gone. The worker's slot stays
    /// taken until this method returns, so heed it.
    /// </param>
    ValueTask<Reply> HandleAsync(Request request, CancellationToken cancellationToken);
}
