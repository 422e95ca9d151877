// SPDX-License-Identifier: Apache-2.0
using System;

namespace PlugBroker.Wire;

/// <summary>The peer broke the wire protocol: the connection is over.</summary>
/// <param name="message">How, for people.</param>
/// <param name="error">The name that docs/PROTOCOL.md gives an error of the header; null for all others.</param>
internal sealed class ProtocolException(string message, string? error = null) : Exception(message)
{
    /// <summary>The name that docs/PROTOCOL.md gives an error of the header; null for all others.</summary>
    public string? Error { get; } = error;
}
