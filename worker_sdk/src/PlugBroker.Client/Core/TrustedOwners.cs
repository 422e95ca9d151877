// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace PlugBroker.Client.Core;

/// <summary>The rules of names and owners that need no Windows to apply.</summary>
internal static class TrustedOwners
{
    /// <summary>Stands for the user of this process in a list of trusted owners.</summary>
    public const string CurrentUserWord = "current_user";
    public const string LocalSystemSid = "S-1-5-18";
    public const int MaxOwners = 16;
    private const int LongestServiceName = 256;
    private const int LongestPipeName = 256;
    private const string PipePrefix = @"\\.\pipe\";

    /// <summary>
    /// The SID of <c>NT SERVICE\name</c> in text, computed as Windows does: S-1-5-80 and the SHA-1 of the upper-cased UTF-16
    /// name.
    /// </summary>
    /// <exception cref="ArgumentException">The name is not 1 to 256 printable ASCII characters without slashes.</exception>
    [SuppressMessage("Security", "CA5350", Justification = "That is how Windows names a service's account.")]
    public static string ServiceSid(string serviceName)
    {
        bool fits = serviceName.Length is >= 1 and <= LongestServiceName;
        foreach (char letter in serviceName)
        {
            fits &= letter is >= ' ' and < '\x7F' and not ('/' or '\\');
        }

        if (!fits)
        {
            throw new ArgumentException(
                "a service name is 1 to 256 printable ASCII characters, no slashes", nameof(serviceName));
        }

        byte[] name = Encoding.Unicode.GetBytes(serviceName.ToUpperInvariant());
#if NET
        byte[] digest = SHA1.HashData(name);
#else
        using var sha1 = SHA1.Create();
        byte[] digest = sha1.ComputeHash(name);
#endif
        var sid = new StringBuilder("S-1-5-80");
        for (int at = 0; at < digest.Length; at += 4)
        {
            uint part = BinaryPrimitives.ReadUInt32LittleEndian(digest.AsSpan(at));
            sid.Append('-').Append(part.ToString(CultureInfo.InvariantCulture));
        }

        return sid.ToString();
    }

    /// <summary>Takes apart <c>S-1-5-…;S-1-5-…;current_user</c>; empty entries and spaces are passed over.</summary>
    /// <exception cref="ArgumentException">An entry is neither, or there are more than 16.</exception>
    public static IReadOnlyList<string> Parse(string? list)
    {
        var owners = new List<string>();
        foreach (string part in (list ?? "").Split(';'))
        {
            string entry = part.Trim(' ');
            if (entry.Length == 0)
            {
                continue;
            }

            if (entry != CurrentUserWord && !LooksLikeSid(entry))
            {
                throw new ArgumentException(
                    $"trusted owner '{entry}' is neither a SID (S-1-...) nor current_user", nameof(list));
            }

            if (owners.Count == MaxOwners)
            {
                throw new ArgumentException("more than 16 trusted owners", nameof(list));
            }

            owners.Add(entry);
        }

        return owners;
    }

    /// <summary>
    /// True for <c>\\.\pipe\</c> and a name of 1 to 247 characters without slashes: a pipe of this machine and nothing else. A
    /// pipe of another machine would carry the user's credentials there.
    /// </summary>
    public static bool IsLocalPipeName(string name) =>
        name.Length > PipePrefix.Length && name.Length <= LongestPipeName
        && name.StartsWith(PipePrefix, StringComparison.OrdinalIgnoreCase)
        && name.IndexOfAny(['\\', '/'], PipePrefix.Length) < 0;

    /// <summary>"S-1-" and one or more numbers joined by dashes. What they mean is for Windows to say.</summary>
    private static bool LooksLikeSid(string text)
    {
        const string start = "S-1-";
        if (!text.StartsWith(start, StringComparison.Ordinal) || text.Length > 184)
        {
            return false;
        }

        bool afterDigit = false;
        foreach (char letter in text.AsSpan(start.Length))
        {
            bool digit = letter is >= '0' and <= '9';
            if (!digit && !(letter == '-' && afterDigit))
            {
                return false;
            }

            afterDigit = digit;
        }

        return afterDigit;
    }
}
