// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using PlugBroker.Client;

namespace CSharpClient;

internal static class StreamScenarios
{
    private static readonly CallOptions _patient = new() { Deadline = TimeSpan.FromSeconds(60) };

    public static async Task RunAsync(PlugBrokerClient client)
    {
        await BothWaysAsync(client);
        await LargeMessagesAsync(client);
        await PushAsync(client);
        await GivenUpAsync(client);
    }

    /// <summary>Each message is answered before the next is written: neither side waits for the other's end.</summary>
    private static async Task BothWaysAsync(PlugBrokerClient client)
    {
        await using ClientStream stream = client.OpenStream("upper", _patient);
        foreach (string text in new[] { "one", "", "three" })
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes(text));
            ReadOnlyMemory<byte>? answer = await stream.ReadAsync();
            Console.WriteLine($"answer {Encoding.UTF8.GetString(answer!.Value.Span)}");
        }

        await stream.CompleteWritingAsync();
        Console.WriteLine($"end {await stream.ReadAsync() is null}");
    }

    /// <summary>Eight messages of 700,000 bytes, more than any window holds, written while they are read.</summary>
    private static async Task LargeMessagesAsync(PlugBrokerClient client)
    {
        await using ClientStream stream = client.OpenStream("upper", _patient);
        Task writing = Task.Run(async () =>
        {
            for (int at = 0; at < 8; at++)
            {
                await stream.WriteAsync(Encoding.UTF8.GetBytes(new string((char)('a' + at), 700_000)));
            }

            await stream.CompleteWritingAsync();
        });
        var letters = new List<string>();
        await foreach (ReadOnlyMemory<byte> message in stream.ReadAllAsync())
        {
            letters.Add($"{(char)message.Span[0]}{message.Length}");
        }

        await writing;
        Console.WriteLine($"large {letters.SequenceEqual(Enumerable.Range(0, 8).Select(at => $"{(char)('A' + at)}700000"))}");
    }

    private static async Task PushAsync(PlugBrokerClient client)
    {
        await using ClientStream stream = client.OpenStream("count", _patient);
        await stream.WriteAsync("20000"u8.ToArray());
        await stream.CompleteWritingAsync();
        int next = 0;
        bool inOrder = true;
        await foreach (ReadOnlyMemory<byte> message in stream.ReadAllAsync())
        {
            inOrder &= Encoding.UTF8.GetString(message.Span) == $"{next++}";
        }

        Console.WriteLine($"pushed {next} {inOrder}");
    }

    /// <summary>The worker pushes for ever; the caller reads a few and leaves.</summary>
    private static async Task GivenUpAsync(PlugBrokerClient client)
    {
        ClientStream stream = client.OpenStream("count", _patient);
        await stream.WriteAsync(ReadOnlyMemory<byte>.Empty);
        await stream.CompleteWritingAsync();
        for (int at = 0; at < 5; at++)
        {
            await stream.ReadAsync();
        }

        await Scenarios.UntilBusyAsync(client, 1);
        await stream.DisposeAsync();
        await Scenarios.UntilBusyAsync(client, 0);
        Console.WriteLine("the worker stopped");
    }
}
