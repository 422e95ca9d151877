// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Text;
using PlugBroker.Wire;

namespace PlugBroker.Client;

/// <summary>What a worker answered. Failures come as <see cref="PlugBrokerException"/>.</summary>
public sealed class Reply
{
    internal Reply(EndMeta end, ReadOnlyMemory<byte> payload, int attempts)
    {
        Payload = payload;
        ContentType = end.ContentType;
        Metadata = end.Metadata;
        Detail = end.Detail;
        Attempts = attempts;
    }

    /// <summary>The reply's bytes; of a stream, whose messages were read before, empty.</summary>
    public ReadOnlyMemory<byte> Payload { get; }

    /// <summary>What the worker says the payload is; null when it says nothing.</summary>
    public string? ContentType { get; }

    /// <summary>The worker's keys and values, in its order.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Metadata { get; }

    /// <summary>The worker's further bytes, at most 2,048.</summary>
    public ReadOnlyMemory<byte> Detail { get; }

    /// <summary>How often the call was sent.</summary>
    public int Attempts { get; }

    /// <summary>The payload as UTF-8 text.</summary>
    public string ReadText() => Encoding.UTF8.GetString(Payload.Span);
}
