// SPDX-License-Identifier: Apache-2.0
using System;

namespace PlugBroker.Wire;

/// <summary>The W3C's traceparent: 25 bytes on the wire, <c>00-trace id-parent id-flags</c> as text.</summary>
internal static class TraceParent
{
    private const int TextLength = 55;

    public static string Format(ReadOnlySpan<byte> bytes)
    {
        Span<char> text = stackalloc char[TextLength];
        "00-".AsSpan().CopyTo(text);
        PutHex(text[3..], bytes[..16]);
        text[35] = '-';
        PutHex(text[36..], bytes.Slice(16, 8));
        text[52] = '-';
        PutHex(text[53..], bytes.Slice(24, 1));
        return text.ToString();
    }

    /// <summary>Reads the text of version 00 into 25 bytes; false when it is none, with zero ids or with capitals.</summary>
    public static bool TryParse(string? text, Span<byte> to)
    {
        if (text is null || text.Length != TextLength || !text.StartsWith("00-", StringComparison.Ordinal)
            || text[35] != '-' || text[52] != '-')
        {
            return false;
        }

        return TryGetHex(text.AsSpan(3, 32), to[..16]) && TryGetHex(text.AsSpan(36, 16), to.Slice(16, 8))
            && TryGetHex(text.AsSpan(53, 2), to.Slice(24, 1)) && !IsZero(to[..16]) && !IsZero(to.Slice(16, 8));
    }

    private static bool IsZero(ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes)
        {
            if (value != 0)
            {
                return false;
            }
        }

        return true;
    }

    private static void PutHex(Span<char> to, ReadOnlySpan<byte> bytes)
    {
        const string digits = "0123456789abcdef";
        for (int at = 0; at < bytes.Length; at++)
        {
            to[2 * at] = digits[bytes[at] >> 4];
            to[(2 * at) + 1] = digits[bytes[at] & 15];
        }
    }

    private static bool TryGetHex(ReadOnlySpan<char> text, Span<byte> to)
    {
        for (int at = 0; at < to.Length; at++)
        {
            int high = Digit(text[2 * at]);
            int low = Digit(text[(2 * at) + 1]);
            if (high < 0 || low < 0)
            {
                return false;
            }

            to[at] = (byte)((high << 4) | low);
        }

        return true;
    }

    private static int Digit(char letter) => letter switch
    {
        >= '0' and <= '9' => letter - '0',
        >= 'a' and <= 'f' => letter - 'a' + 10,
        _ => -1,
    };
}
