// SPDX-License-Identifier: Apache-2.0
namespace PlugBroker.Worker;

/// <summary>What <see cref="WorkerHost"/> returns and leaves as the process's exit code.</summary>
public static class WorkerExitCode
{
    /// <summary>The broker closed the channel, or asked the worker to finish and it has.</summary>
    public const int Finished = 0;

    /// <summary>
    /// The program was not started by PlugBroker (<c>PLUGBROKER_CHANNEL</c> is missing or is no handle), or
    /// <c>PLUGBROKER_CONCURRENCY</c> is not a number from 1 to 1,024.
    /// </summary>
    public const int NotStartedByPlugBroker = 64;

    /// <summary>One side broke the wire protocol; the reason was written to standard error.</summary>
    public const int ProtocolError = 65;

    /// <summary>The channel could not be opened, or broke in the middle of a frame.</summary>
    public const int ChannelBroken = 66;

    /// <summary>The broker refused this worker at the opening; its reason was written to standard error.</summary>
    public const int Refused = 69;
}
