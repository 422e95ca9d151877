// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PlugBroker.Wire;

namespace PlugBroker.Client.Tests;

public sealed class ConcurrencyTests
{
    [Fact]
    public async Task CallsStreamsAndCancellationsOfManyThreadsEachEndAsTheyShould()
    {
        await using var broker = new FakeBroker();
        Task<string>[] callers = [.. Enumerable.Range(0, 16).Select(seed => Task.Run(() => CallAsync(broker.Client, seed)))];
        BrokerConnection connection = await broker.OpenAsync(streamWindow: 1_000_000, connectionWindow: 1_000_000);
        Task serving = ServeAsync(connection);

        string[] ends = await Task.WhenAll(callers).Guarded();
        await broker.Client.DisposeAsync().AsTask().Guarded();
        await serving.Guarded();

        Assert.All(ends, end => Assert.Equal("", end));
        Assert.Equal(1, broker.Attempts);
    }

    /// <summary>Returns what was not as it should be.</summary>
    private static async Task<string> CallAsync(PlugBrokerClient client, int seed)
    {
        var random = new Random(seed);
        for (int at = 0; at < 150; at++)
        {
            string text = $"{seed}/{at} {new string('x', random.Next(200))}";
            bool right = random.Next(4) switch
            {
                0 => await CancelledAsync(client, text, random.Next(3)),
                1 => await StreamAsync(client, text, random.Next(6)),
                2 => await LeftStreamAsync(client, text),
                _ => (await client.CallAsync("echo", text)).ReadText() == text,
            };
            if (!right)
            {
                return $"seed {seed}, step {at}";
            }
        }

        return "";
    }

    private static async Task<bool> CancelledAsync(PlugBrokerClient client, string text, int yields)
    {
        using var cancel = new CancellationTokenSource();
        Task<Reply> call = client.CallAsync("echo", text, null, cancel.Token);
        for (int at = 0; at < yields; at++)
        {
            await Task.Yield();
        }

        await cancel.CancelAsync();
        try
        {
            return (await call).ReadText() == text;
        }
        catch (OperationCanceledException)
        {
            return true;
        }
    }

    private static async Task<bool> StreamAsync(PlugBrokerClient client, string text, int messages)
    {
        await using ClientStream stream = client.OpenStream("echo");
        Task writing = Task.Run(async () =>
        {
            for (int at = 0; at < messages; at++)
            {
                await stream.WriteAsync(Encoding.UTF8.GetBytes($"{text}{at}"));
            }

            await stream.CompleteWritingAsync();
        });
        var got = new List<string>();
        await foreach (ReadOnlyMemory<byte> message in stream.ReadAllAsync())
        {
            got.Add(Encoding.UTF8.GetString(message.Span));
        }

        await writing;
        return got.SequenceEqual(Enumerable.Range(0, messages).Select(at => $"{text}{at}"));
    }

    private static async Task<bool> LeftStreamAsync(PlugBrokerClient client, string text)
    {
        await using ClientStream stream = client.OpenStream("echo");
        await stream.WriteAsync(Encoding.UTF8.GetBytes(text));
        return Encoding.UTF8.GetString((await stream.ReadAsync())!.Value.Span) == text;
    }

    /// <summary>Sends back what comes, and the credit for it, until the client leaves.</summary>
    private static async Task ServeAsync(BrokerConnection connection)
    {
        try
        {
            while (true)
            {
                WireFrame frame = await connection.ReadPastWindowsAsync();
                ulong stream = frame.Header.StreamId;
                if (frame.Header.Type == FrameType.Cancel)
                {
                    await connection.SendAsync(Frames.End(stream, StatusCode.Cancelled, "cancelled"));
                    continue;
                }

                await connection.SendAsync(
                    Frames.Window(0, (uint)frame.Header.Charge),
                    frame.Header.CarriesNoMessage ? [] : Frames.Data(stream, frame.Payload),
                    frame.Header.EndsStream ? Frames.End(stream, EndMeta.Ok) : []);
            }
        }
        catch (Exception exception) when (exception is EndOfStreamException or InvalidOperationException)
        {
        }
    }
}
