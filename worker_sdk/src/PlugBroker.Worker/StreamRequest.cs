// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using PlugBroker.Wire;
using PlugBroker.Worker.Channel;

namespace PlugBroker.Worker;

/// <summary>One call as a handler sees it that takes a stream of messages.</summary>
/// <remarks>Handlers can be tested without a broker: make a <see cref="StreamRequest"/> and call the handler.</remarks>
public sealed class StreamRequest
{
    private readonly CallDetails? _details;
    private readonly IMessageSource? _source;
    private readonly IAsyncEnumerable<ReadOnlyMemory<byte>>? _given;
    private List<KeyValuePair<string, string>>? _replyMetadata;
    private string? _replyContentType;
    private int _readers;

    /// <summary>Makes a request without a deadline.</summary>
    /// <param name="route">The route that was called.</param>
    /// <param name="messages">The caller's messages.</param>
    public StreamRequest(string route, IAsyncEnumerable<ReadOnlyMemory<byte>> messages)
    {
        ArgumentNullException.ThrowIfNull(route);
        ArgumentNullException.ThrowIfNull(messages);
        Route = route;
        _given = messages;
        Metadata = AppMetadata.None;
    }

    internal StreamRequest(IncomingCall call)
    {
        _details = call.Details;
        _source = call;
        Route = call.Route.Name;
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
    /// The caller's messages, each in memory of its own that belongs to the handler. They end when the caller says that it
    /// sends no more. A handler that reads slowly slows its caller, and no other call.
    /// </summary>
    /// <remarks>One reader: messages can be enumerated once, here or by <see cref="MessageSequences"/>.</remarks>
    public IAsyncEnumerable<ReadOnlyMemory<byte>> Messages => _given ?? ReadCopiesAsync();

    /// <summary>
    /// The caller's messages in the library's pooled buffers: each is valid until the next one is asked for or the
    /// enumeration ends.
    /// </summary>
    /// <remarks>One reader: messages can be enumerated once, here or by <see cref="Messages"/>.</remarks>
    public IAsyncEnumerable<ReadOnlySequence<byte>> MessageSequences => ReadInPlaceAsync();

    /// <summary>What the messages are, if the caller said so; PlugBroker never reads it.</summary>
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

    /// <summary>
    /// What the reply's messages are, at most 255 bytes. It goes with the end of the reply, so it may be set until the
    /// handler has finished.
    /// </summary>
    /// <exception cref="ArgumentException">It is longer.</exception>
    public string? ReplyContentType
    {
        get => _replyContentType;
        set => _replyContentType = Reply.CheckContentType(value);
    }

    internal EndMeta End => _replyContentType is null && _replyMetadata is null
        ? EndMeta.Ok
        : new EndMeta(StatusCode.Ok, ContentType: _replyContentType)
        {
            Metadata = (IReadOnlyList<KeyValuePair<string, string>>?)_replyMetadata ?? AppMetadata.None,
        };

    /// <summary>Adds a key and value that go with the end of the reply.</summary>
    /// <param name="key">1 to 64 characters of <c>a-z 0-9 . _ -</c>; keys may repeat.</param>
    /// <param name="value">At most 1,024 bytes of UTF-8.</param>
    /// <exception cref="ArgumentException">
    /// They are not, or there would be more than 32 entries or 4,096 bytes of them.
    /// </exception>
    public void AddReplyMetadata(string key, string value) =>
        _replyMetadata = Reply.With(_replyMetadata ?? AppMetadata.None, key, value);

    private async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadCopiesAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (ReadOnlySequence<byte> message in ReadInPlaceAsync(cancellationToken).ConfigureAwait(false))
        {
            yield return message.ToArray();
        }
    }

    private async IAsyncEnumerable<ReadOnlySequence<byte>> ReadInPlaceAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _readers, 1) != 0)
        {
            throw new InvalidOperationException("The messages of a request can be enumerated once.");
        }

        if (_given is not null)
        {
            await foreach (ReadOnlyMemory<byte> message in
                _given.WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                yield return new ReadOnlySequence<byte>(message);
            }

            yield break;
        }

        MessageBuffer? current = null;
        try
        {
            while ((current = await _source!.NextAsync(cancellationToken).ConfigureAwait(false)) is not null)
            {
                yield return current.Bytes;
                current.Release();
            }
        }
        finally
        {
            current?.Release();
        }
    }
}
