// SPDX-License-Identifier: Apache-2.0
using System;
using System.Threading;
using PlugBroker.Client.Core;
using PlugBroker.Wire;

namespace PlugBroker.Client;

/// <summary>Turns outcomes into exceptions.</summary>
internal static class CallFailure
{
    /// <exception cref="PlugBrokerException">The call has failed.</exception>
    /// <exception cref="OperationCanceledException">It was given up because of the token.</exception>
    public static void ThrowIfFailed(ClientCall call, CancellationToken cancellationToken)
    {
        EndMeta outcome = call.Outcome!;
        if (outcome.Status == StatusCode.Ok)
        {
            return;
        }

        if (outcome is { Status: StatusCode.Cancelled, Origin: EndOrigin.Client } && cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(outcome.Message, cancellationToken);
        }

        throw new PlugBrokerException(outcome, call.Attempts);
    }
}
