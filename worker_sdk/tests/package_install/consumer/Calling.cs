// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PlugBroker.Client;

/// <summary>Uses what PlugBroker.Client offers.</summary>
internal static class Calling
{
    /// <summary>True when a client is made on Windows, and refused elsewhere.</summary>
    public static bool IsForWindowsAlone()
    {
        bool isWindows = Path.DirectorySeparatorChar == '\\';
        try
        {
            using var client = new PlugBrokerClient(new ClientOptions { UserName = "consumer" });
            return isWindows;
        }
        catch (PlatformNotSupportedException)
        {
            return !isWindows;
        }
    }

    public static async Task<List<string>> AskAsync(PlugBrokerClient client, CancellationToken cancellation)
    {
        var options = new CallOptions { Deadline = TimeSpan.FromSeconds(2), RetryAttempts = 1 };
        Reply reply = await client.CallAsync("greet", "you", options, cancellation);
        var texts = new List<string> { reply.ReadText() };
        await using ClientStream stream = client.OpenStream("count", options, cancellation);
        await stream.WriteAsync(Encoding.UTF8.GetBytes("3"), cancellation);
        await stream.CompleteWritingAsync();
        await foreach (ReadOnlyMemory<byte> message in stream.ReadAllAsync(cancellation))
        {
            texts.Add(Encoding.UTF8.GetString(message.ToArray()));
        }

        return texts;
    }
}
