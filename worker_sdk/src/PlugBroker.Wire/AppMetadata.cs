// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Text;

namespace PlugBroker.Wire;

/// <summary>The application's own keys and values, which REQUEST and END carry and PlugBroker never reads.</summary>
internal static class AppMetadata
{
    /// <summary>What a full list takes in a frame.</summary>
    public const int MaxFrameBytes =
        (WireLimits.MaxMetadataEntries * (WireLimits.TlvHeaderBytes + 1)) + WireLimits.MaxMetadataBytes;

    public static IReadOnlyList<KeyValuePair<string, string>> None { get; } = Array.Empty<KeyValuePair<string, string>>();

    /// <summary>Takes the reader's current TLV into <paramref name="entries"/>, which is made when it is null.</summary>
    /// <exception cref="ProtocolException">The key is not one, or a limit is passed.</exception>
    public static void Read(ref TlvReader reader, ref List<KeyValuePair<string, string>>? entries, ref int bytes)
    {
        ReadOnlySpan<byte> value = reader.ReadRepeated(2, 1 + WireLimits.MaxMetadataKeyBytes + WireLimits.MaxMetadataValueBytes);
        int keyLength = value[0];
        if (keyLength is 0 or > WireLimits.MaxMetadataKeyBytes || keyLength > value.Length - 1)
        {
            throw new ProtocolException("A metadata key has a wrong length.");
        }

        ReadOnlySpan<byte> key = value.Slice(1, keyLength);
        ReadOnlySpan<byte> text = value[(1 + keyLength)..];
        bytes += key.Length + text.Length;
        entries ??= [];
        if (!IsKey(key) || text.Length > WireLimits.MaxMetadataValueBytes)
        {
            throw new ProtocolException("A metadata entry has a key or value that it may not have.");
        }

        if (entries.Count == WireLimits.MaxMetadataEntries || bytes > WireLimits.MaxMetadataBytes)
        {
            throw new ProtocolException("A frame has more than 32 metadata entries or 4,096 bytes of them.");
        }

        entries.Add(new KeyValuePair<string, string>(Encoding.UTF8.GetString(key), Encoding.UTF8.GetString(text)));
    }

    /// <summary>Appends entries that <see cref="Mistake"/> found nothing wrong with.</summary>
    public static void Write(ref TlvWriter tlvs, IReadOnlyList<KeyValuePair<string, string>> entries)
    {
        for (int at = 0; at < entries.Count; at++)
        {
            string key = entries[at].Key;
            string value = entries[at].Value;
            Span<byte> to = tlvs.Put(TlvType.AppMetadata, 1 + key.Length + Encoding.UTF8.GetByteCount(value));
            to[0] = (byte)key.Length;
            Encoding.UTF8.GetBytes(key.AsSpan(), to[1..]);
            Encoding.UTF8.GetBytes(value.AsSpan(), to[(1 + key.Length)..]);
        }
    }

    /// <summary>What keeps these entries from being sent, as a sentence for people; null when nothing does.</summary>
    public static string? Mistake(IReadOnlyList<KeyValuePair<string, string>> entries)
    {
        int bytes = 0;
        for (int at = 0; at < entries.Count; at++)
        {
            string? key = entries[at].Key;
            string? value = entries[at].Value;
            if (key is null || value is null || !IsKey(Encoding.UTF8.GetBytes(key)))
            {
                return $"'{key}' is not a metadata key with a value: a key is 1 to 64 characters of a-z 0-9 . _ -.";
            }

            int length = Encoding.UTF8.GetByteCount(value);
            if (length > WireLimits.MaxMetadataValueBytes)
            {
                return $"The metadata value of '{key}' has {length} bytes; at most 1,024 are allowed.";
            }

            bytes += key.Length + length;
        }

        return entries.Count > WireLimits.MaxMetadataEntries || bytes > WireLimits.MaxMetadataBytes
            ? "A call carries at most 32 metadata entries, whose keys and values have at most 4,096 bytes together."
            : null;
    }

    /// <summary>True for 1 to 64 bytes of <c>a-z 0-9 . _ -</c>.</summary>
    public static bool IsKey(ReadOnlySpan<byte> key)
    {
        foreach (byte letter in key)
        {
            if (letter is not ((>= (byte)'a' and <= (byte)'z') or (>= (byte)'0' and <= (byte)'9')
                or (byte)'.' or (byte)'_' or (byte)'-'))
            {
                return false;
            }
        }

        return key.Length is >= 1 and <= WireLimits.MaxMetadataKeyBytes;
    }
}
