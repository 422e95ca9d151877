// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers;
using System.Collections.Generic;
using System.Text;
using PlugBroker.Wire;

namespace PlugBroker.Worker;

/// <summary>What a handler answers. The payload must not be changed after the handler has returned it.</summary>
public sealed class Reply
{
    private ReadOnlyMemory<byte>? _payload;

    private Reply(ReadOnlySequence<byte> payload, string? contentType)
    {
        PayloadSequence = payload;
        ContentType = CheckContentType(contentType);
    }

    private Reply(Reply other)
    {
        PayloadSequence = other.PayloadSequence;
        ContentType = other.ContentType;
        Metadata = other.Metadata;
        Detail = other.Detail;
    }

    /// <summary>A reply of no bytes.</summary>
    public static Reply Empty { get; } = new(ReadOnlySequence<byte>.Empty, null);

    /// <summary>The bytes that the caller gets.</summary>
    public ReadOnlyMemory<byte> Payload => _payload ??= PayloadSequence.IsSingleSegment
        ? PayloadSequence.First
        : PayloadSequence.ToArray();

    /// <summary>The bytes that the caller gets, where they are.</summary>
    public ReadOnlySequence<byte> PayloadSequence { get; }

    /// <summary>What the bytes are, for the caller; PlugBroker never reads it.</summary>
    public string? ContentType { get; }

    /// <summary>The application's own keys and values, in their order.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Metadata { get; private init; } = AppMetadata.None;

    /// <summary>Bytes for the caller's program beside the payload.</summary>
    public ReadOnlyMemory<byte> Detail { get; private init; }

    /// <summary>A reply of UTF-8 text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="contentType">At most 255 bytes; <c>text/plain; charset=utf-8</c> when not given.</param>
    public static Reply Text(string text, string? contentType = "text/plain; charset=utf-8")
    {
        ArgumentNullException.ThrowIfNull(text);
        return Bytes(Encoding.UTF8.GetBytes(text), contentType);
    }

    /// <summary>A reply of bytes. They are sent from where they are, not copied first.</summary>
    /// <param name="payload">The bytes, which must not change any more.</param>
    /// <param name="contentType">At most 255 bytes; none when not given.</param>
    public static Reply Bytes(ReadOnlyMemory<byte> payload, string? contentType = null) =>
        new(new ReadOnlySequence<byte>(payload), contentType);

    /// <summary>A reply of bytes. They are sent from where they are, not copied first.</summary>
    /// <param name="payload">
    /// The bytes, which must not change any more; those of <see cref="Request.PayloadSequence"/> will do.
    /// </param>
    /// <param name="contentType">At most 255 bytes; none when not given.</param>
    public static Reply Bytes(ReadOnlySequence<byte> payload, string? contentType = null) => new(payload, contentType);

    /// <summary>The same reply with one more key and value, which go with its end.</summary>
    /// <param name="key">1 to 64 characters of <c>a-z 0-9 . _ -</c>; keys may repeat.</param>
    /// <param name="value">At most 1,024 bytes of UTF-8.</param>
    /// <exception cref="ArgumentException">
    /// They are not, or there would be more than 32 entries or 4,096 bytes of them.
    /// </exception>
    public Reply WithMetadata(string key, string value) => new(this) { Metadata = With(Metadata, key, value) };

    /// <summary>The same reply with bytes for the caller's program beside the payload.</summary>
    /// <param name="detail">At most 2,048 bytes, which must not change any more.</param>
    /// <exception cref="ArgumentException">There are more.</exception>
    public Reply WithDetail(ReadOnlyMemory<byte> detail) => new(this) { Detail = CheckDetail(detail) };

    internal static List<KeyValuePair<string, string>> With(
        IReadOnlyList<KeyValuePair<string, string>> entries, string key, string value)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(value);
        List<KeyValuePair<string, string>> longer = [.. entries, new KeyValuePair<string, string>(key, value)];
        return AppMetadata.Mistake(longer) is { } mistake ? throw new ArgumentException(mistake) : longer;
    }

    internal static string? CheckContentType(string? contentType) =>
        contentType is not null && Encoding.UTF8.GetByteCount(contentType) > WireLimits.MaxContentTypeBytes
            ? throw new ArgumentException("A content type has at most 255 bytes.", nameof(contentType))
            : contentType;

    /// <summary>A copy: its owner may want the memory back before END is written.</summary>
    internal static ReadOnlyMemory<byte> CheckDetail(ReadOnlyMemory<byte> detail) =>
        detail.Length > WireLimits.MaxDetailBytes
            ? throw new ArgumentException("A call's detail has at most 2,048 bytes.", nameof(detail))
            : detail.ToArray();
}
