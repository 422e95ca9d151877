// SPDX-License-Identifier: Apache-2.0
using System;

namespace PlugBroker.Wire;

/// <summary>The rule for route names.</summary>
internal static class RouteName
{
    /// <summary>True for 1 to 255 bytes of <c>A-Z a-z 0-9 . _ - /</c>.</summary>
    public static bool IsValid(ReadOnlySpan<byte> name)
    {
        foreach (byte letter in name)
        {
            if (letter is not ((>= (byte)'A' and <= (byte)'Z') or (>= (byte)'a' and <= (byte)'z')
                or (>= (byte)'-' and <= (byte)'9') or (byte)'_'))
            {
                return false;
            }
        }

        return name.Length is >= 1 and <= WireLimits.MaxRouteBytes;
    }
}
