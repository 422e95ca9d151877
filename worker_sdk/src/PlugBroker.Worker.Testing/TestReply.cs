// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Text;
using PlugBroker.Wire;

namespace PlugBroker.Worker.Testing;

/// <summary>How a call ended.</summary>
public sealed class TestReply
{
    internal TestReply(EndMeta end, byte[] payload)
    {
        Status = end.Status;
        Message = end.Message ?? "";
        Payload = payload;
        ContentType = end.ContentType;
        Metadata = end.Metadata;
        Detail = end.Detail;
        RetryAfter = end.RetryAfterMicroseconds == 0 ? null : TimeSpan.FromTicks((long)end.RetryAfterMicroseconds * 10);
    }

    /// <summary>How the call ended.</summary>
    public StatusCode Status { get; }

    /// <summary>What was said of a failure, for people; empty when nothing was.</summary>
    public string Message { get; }

    /// <summary>The reply; empty for a failure and for a stream, whose messages were read before.</summary>
    public ReadOnlyMemory<byte> Payload { get; }

    /// <summary>What the reply is, if the handler said so.</summary>
    public string? ContentType { get; }

    /// <summary>The application's own keys and values, in the handler's order.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Metadata { get; }

    /// <summary>The handler's bytes for the caller's program.</summary>
    public ReadOnlyMemory<byte> Detail { get; }

    /// <summary>When to try again, if the handler said so.</summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>The payload read as UTF-8 text.</summary>
    public string ReadText() => Encoding.UTF8.GetString(Payload.ToArray());

    /// <summary>This reply, if it is one.</summary>
    /// <exception cref="CallFailedException">The call failed.</exception>
    public TestReply EnsureOk() => Status == StatusCode.Ok ? this : throw new CallFailedException(Status, Message);
}
