// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;

namespace PlugBroker.Worker.Tests;

/// <summary>Bytes of tests/conformance/vectors/ and what its manifest says of them, as <see cref="LibraryReading"/> puts it.</summary>
internal sealed record ConformanceVector(
    string Name, byte[] Bytes, string Expected, IReadOnlyList<bool> Written, IReadOnlyList<int> Splits)
{
    public static IReadOnlyList<ConformanceVector> All { get; } = [.. Read()];

    public static string PayloadText(ReadOnlySpan<byte> payload)
    {
        if (payload.Length <= 64)
        {
            return Hex(payload);
        }

        bool isOneByte = !payload.ContainsAnyExcept(payload[0]);
        return $"{payload.Length} bytes of {(isOneByte ? Hex(payload[..1]) : "different kinds")}";
    }

    public static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);

    /// <summary>The folder in the repository that this program was built in.</summary>
    private static string Folder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string vectors = Path.Combine(folder.FullName, "tests", "conformance", "vectors");
            if (Directory.Exists(vectors))
            {
                return vectors;
            }
        }

        throw new DirectoryNotFoundException($"no tests/conformance/vectors above {AppContext.BaseDirectory}");
    }

    private static IEnumerable<ConformanceVector> Read()
    {
        string folder = Folder();
        var bytes = new Dictionary<string, byte[]>();
        foreach (string line in Directory.GetFiles(folder, "*.hex").SelectMany(File.ReadAllLines))
        {
            string[] parts = line.Split('\t');
            bytes.Add(parts[0], Convert.FromHexString(parts[1]));
        }

        using JsonDocument manifest = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "manifest.json")));
        foreach (JsonElement entry in manifest.RootElement.GetProperty("vectors").EnumerateArray())
        {
            string name = Text(entry, "name");
            JsonElement[] frames = [.. entry.GetProperty("frames").EnumerateArray()];
            string expected = string.Concat(frames.Select(Described)) + "end " + Text(entry, "end");
            yield return new ConformanceVector(
                name, bytes[name], expected,
                [.. frames.Select(frame => frame.TryGetProperty("written", out _))],
                [.. entry.GetProperty("splits").EnumerateArray().Select(split => split.GetInt32())]);
        }
    }

    private static string Text(JsonElement entry, string name) => entry.GetProperty(name).GetString()!;

    private static string Described(JsonElement frame)
    {
        string payload = frame.TryGetProperty("payload", out JsonElement hex)
            ? hex.GetString()!
            : $"{frame.GetProperty("payload_length")} bytes of {Text(frame, "payload_fill")}";
        int type = frame.GetProperty("type").GetInt32();
        var line = new StringBuilder();
        line.Append($"type {type} flags {frame.GetProperty("flags")} stream {Text(frame, "stream_id")} ");
        line.Append($"deadline {Text(frame, "deadline_us")} payload [{payload}] ");
        IEnumerable<(string Name, string Value)> values = frame.TryGetProperty("values", out JsonElement list)
            ? list.EnumerateArray().Select(pair => (pair[0].GetString()!, pair[1].GetString()!))
            : [];
        return line.Append(LibraryReading.Metadata(type, Text(frame, "metadata"), values)).ToString();
    }
}
