// SPDX-License-Identifier: Apache-2.0
using System;
using System.IO;
using System.Text;
using System.Threading;

namespace MisbehavingWorker;

/// <summary>
/// Writes down every call that reached this process, one line each, in the file that WORKER_LEDGER names, so that a
/// test can reconcile what its clients sent with what workers saw. Several workers may share the file.
/// </summary>
internal static class Ledger
{
    private const int MostBytes = 64;

    private static readonly string? _path = Environment.GetEnvironmentVariable("WORKER_LEDGER");
    private static readonly Lock _gate = new();

    /// <summary>Appends the payload's first 64 bytes as text, control characters as '.'; on disk when it returns.</summary>
    public static void Write(ReadOnlySpan<byte> payload)
    {
        if (string.IsNullOrEmpty(_path))
        {
            return;
        }

        byte[] line = Encoding.UTF8.GetBytes(Printable(payload[..Math.Min(payload.Length, MostBytes)]) + "\n");
        lock (_gate)
        {
            using FileStream file = OpenAlone(_path);
            file.Write(line);
            file.Flush(flushToDisk: true);
        }
    }

    private static string Printable(ReadOnlySpan<byte> bytes) => string.Create(bytes.Length, bytes, static (text, from) =>
    {
        for (int at = 0; at < text.Length; at++)
        {
            text[at] = from[at] is >= 0x20 and < 0x7F ? (char)from[at] : '.';
        }
    });

    /// <summary>Another worker may be writing: its line takes less than a moment.</summary>
    private static FileStream OpenAlone(string path)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read);
            }
            catch (IOException) when (attempt < 2000)
            {
                Thread.Sleep(5);
            }
        }
    }
}
