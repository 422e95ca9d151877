// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers;
using System.Collections.Generic;
using System.Text;
using System.Threading;
using PlugBroker.Wire;
using PlugBroker.Worker.Channel;

namespace PlugBroker.Worker;

/// <summary>One call as a handler sees it that takes one message.</summary>
/// <remarks>Handlers can be tested without a broker: make a <see cref="Request"/> and call the handler.</remarks>
public sealed class Request
{
    private readonly CallDetails? _details;
    private readonly MessageBuffer? _buffer;
    private ReadOnlyMemory<byte>? _payload;

    /// <summary>Makes a request without a deadline.</summary>
    /// <param name="route">The route that was called.</param>
    /// <param name="payload">The caller's bytes.</param>
    public Request(string route, ReadOnlyMemory<byte> payload)
    {
        ArgumentNullException.ThrowIfNull(route);
        Route = route;
        _payload = payload;
        Metadata = AppMetadata.None;
    }

    internal Request(IncomingCall call)
    {
        _details = call.Details;
        Route = call.Route.Name;
        _buffer = call.Request;
        ContentType = _details.ContentType;
        TraceParent = _details.TraceParent;
        TraceState = _details.TraceState;
        IdempotencyKey = _details.IdempotencyKey;
        Caller = _details.Caller;
        Metadata = _details.Metadata;
    }

    /// <summary>The route that was called.</summary>
    public string Route { get; }

    /// <summary>
    /// The caller's bytes, copied out of the library's buffers when first asked for. They belong to the handler, which may
    /// keep them.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The call has ended, and nobody had asked before.</exception>
    public ReadOnlyMemory<byte> Payload => _payload ??= PayloadSequence.ToArray();

    /// <summary>
    /// The caller's bytes where they are, in the library's pooled buffers. They are valid until the handler has returned,
    /// and beyond that only in the reply that it returns.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The call has ended.</exception>
    public ReadOnlySequence<byte> PayloadSequence => _buffer?.Bytes ?? new ReadOnlySequence<byte>(_payload!.Value);

    /// <summary>What the bytes are, if the caller said so; PlugBroker never reads it.</summary>
    public string? ContentType { get; init; }

    /// <summary>The W3C <c>traceparent</c> of the caller, if it sent one.</summary>
    public string? TraceParent { get; init; }

    /// <summary>The W3C <c>tracestate</c> of the caller, if it sent one.</summary>
    public string? TraceState { get; init; }

    /// <summary>The same for each attempt of one call, if the caller gave one.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>Who calls. The service vouches for it. Null only in a request that was not made by PlugBroker.</summary>
    public CallerIdentity? Caller { get; init; }

    /// <summary>The SID of <see cref="Caller"/>. Setting it makes a caller of whom nothing else is known.</summary>
    public string? CallerSid
    {
        get => Caller?.Sid;
        init => Caller = value is null ? null : new CallerIdentity(value);
    }

    /// <summary>The application's own keys and values, in the caller's order. Keys may repeat.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Metadata { get; init; }

    /// <summary>
    /// The time left until the call's deadline, read anew each time; never negative.
    /// <see cref="Timeout.InfiniteTimeSpan"/> when there is no deadline (a request not made by PlugBroker).
    /// </summary>
    public TimeSpan TimeRemaining => _details?.TimeRemaining ?? Timeout.InfiniteTimeSpan;

    /// <summary>The payload read as UTF-8 text.</summary>
    public string ReadText()
    {
        bool isInOnePiece = _payload is null && PayloadSequence.IsSingleSegment;
        return Encoding.UTF8.GetString(isInOnePiece ? PayloadSequence.First.Span : Payload.Span);
    }
}
