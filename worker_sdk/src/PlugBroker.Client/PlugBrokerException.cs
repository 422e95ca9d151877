// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using PlugBroker.Wire;

namespace PlugBroker.Client;

/// <summary>A call failed. Everything about how is here; <see cref="Exception.Message"/> is for people.</summary>
public sealed class PlugBrokerException : Exception
{
    /// <summary>A failure that was found by this process, for tests of code that handles one.</summary>
    public PlugBrokerException(StatusCode status, string message)
        : this(ClientFailure.Make(status, message), 0)
    {
    }

    internal PlugBrokerException(EndMeta end, int attempts)
        : base(string.IsNullOrEmpty(end.Message) ? $"the call ended with {end.Status}" : end.Message)
    {
        Status = end.Status;
        Retry = (RetryAdvice)end.Retry;
        Origin = (CallOrigin)end.Origin;
        WorkerReceived = end.WorkerReceived;
        Detail = end.Detail;
        RetryAfter = end.RetryAfterMicroseconds == 0 ? null : ClientFailure.Microseconds(end.RetryAfterMicroseconds);
        ContentType = end.ContentType;
        Metadata = end.Metadata;
        Attempts = attempts;
    }

    /// <summary>How the call ended; never <see cref="StatusCode.Ok"/>.</summary>
    public StatusCode Status { get; }

    /// <summary>Whether the call may be made again.</summary>
    public RetryAdvice Retry { get; }

    /// <summary>Who decided.</summary>
    public CallOrigin Origin { get; }

    /// <summary>A worker may have seen the call, and done what it asks for.</summary>
    public bool WorkerReceived { get; }

    /// <summary>The worker's bytes for this program, at most 2,048.</summary>
    public ReadOnlyMemory<byte> Detail { get; }

    /// <summary>When to try again, a hint; null when there is none.</summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>What the worker says of its answer; null when it says nothing.</summary>
    public string? ContentType { get; }

    /// <summary>The worker's keys and values, in its order.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Metadata { get; }

    /// <summary>How often the call was sent.</summary>
    public int Attempts { get; }
}
