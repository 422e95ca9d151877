// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;

namespace PlugBroker.Worker.Tests;

/// <summary>The frames that docs/PROTOCOL.md shows in hex, by name.</summary>
internal static class ProtocolExamples
{
    private const string Fence = "```";
    private static readonly Dictionary<string, byte[]> _frames = Read();

    public static IEnumerable<string> Names => _frames.Keys;

    public static byte[] Get(string name) => _frames[name];

    public static byte[] Meta(string name) => Get(name)[32..(32 + Get(name)[6])];

    private static Dictionary<string, byte[]> Read()
    {
        using var document = new StreamReader(typeof(ProtocolExamples).Assembly.GetManifestResourceStream("PROTOCOL.md")!);
        var frames = new Dictionary<string, byte[]>();
        string? name = null;
        var bytes = new List<byte>();
        while (document.ReadLine() is { } line)
        {
            if (line.StartsWith(Fence + "hex ", StringComparison.Ordinal))
            {
                name = line[(Fence.Length + 4)..];
                bytes = [];
            }
            else if (name is not null && line.StartsWith(Fence, StringComparison.Ordinal))
            {
                frames.Add(name, [.. bytes]);
                name = null;
            }
            else if (name is not null)
            {
                bytes.AddRange(line.Split(';')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries)
                    .Select(digits => byte.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture)));
            }
        }

        return frames;
    }
}
