// SPDX-License-Identifier: Apache-2.0
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using PlugBroker.Client.Core;

namespace PlugBroker.Client.Pipe;

/// <summary>Either a pipe whose owner was found trusted, or the failure.</summary>
internal sealed class ConnectAttempt
{
    /// <summary>A duplex stream; null when the attempt failed.</summary>
    public Stream? Pipe { get; init; }

    public ConnectFailure? Failure { get; init; }

    /// <summary>The owner, when only an option makes it trusted.</summary>
    public string? TrustedByOption { get; init; }
}

/// <summary>Makes one attempt to connect at a time.</summary>
internal interface IPipeConnector
{
    /// <summary>Never waits for an instance of the pipe. The server gets no byte before its owner is known.</summary>
    Task<ConnectAttempt> ConnectAsync(CancellationToken cancellationToken);
}
