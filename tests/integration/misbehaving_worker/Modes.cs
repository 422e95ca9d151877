// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PlugBroker.Worker;
using PlugBroker.Worker.Channel;

namespace MisbehavingWorker;

/// <summary>What the worker does to the calls it gets, by the name of the mode.</summary>
internal static class Modes
{
    private const int ExitCodeOfDeath = 7;
    private const int FloodBytes = 64 * 1024 * 1024;

    private const string ForgedLines =
        "\r\n2026-01-01T00:00:00.000Z error service FORGED the service stops\r\n" +
        "\u001b[2J\u001b[31mFORGED red\u001b[0m\b\b\b\0 nul \u0085 \u2028 FORGED \x7f\n" +
        "{\"level\":\"error\",\"message\":\"FORGED\"}\n";

    /// <summary>The channel beneath the library, for those that write garbage.</summary>
    private static IByteChannel? _channel;

    /// <summary>Handlers of the modes that take calls.</summary>
    public static IReadOnlyDictionary<string, Func<Request, CancellationToken, ValueTask<Reply>>> Handlers { get; } =
        new Dictionary<string, Func<Request, CancellationToken, ValueTask<Reply>>>
        {
            ["normal"] = Echo,
            ["echo"] = Echo,
            ["retire"] = Echo,
            ["flood-stdout"] = Echo,
            ["caller"] = (request, _) => ValueTask.FromResult(Reply.Text(Shown(request.Caller))),
            ["runtime"] = (_, _) => ValueTask.FromResult(Reply.Text(typeof(object).Assembly.Location)),
            ["forge-log"] = (_, _) => throw new CallFailedException(StatusCode.Aborted, ForgedLines),
            ["die-mid-call"] = (_, _) => Die(),
            ["hang"] = (_, _) => HangAsync(),
            ["garbage"] = (_, cancellation) => WriteGarbageAsync(cancellation),
        };

    /// <summary>Opens the channel and remembers it.</summary>
    public static IByteChannel Open(nint handle) => _channel = InheritedChannel.Open(handle);

    /// <summary>What flood-stdout and forge-log do beside serving, from the start.</summary>
    public static void StartNoise(string mode)
    {
        if (mode == "flood-stdout")
        {
            new Thread(Flood) { IsBackground = true }.Start();
        }
        else if (mode == "forge-log")
        {
            Console.Out.Write(ForgedLines);
            Console.Out.Flush();
            Console.Error.Write(ForgedLines);
        }
    }

    /// <summary>Garbage where HELLO should be, then silence.</summary>
    public static async Task<int> WriteGarbageAtStartAsync()
    {
        string? mistake = WorkerEnvironment.TryRead(Environment.GetEnvironmentVariable, out WorkerEnvironment environment);
        if (mistake is not null)
        {
            await Console.Error.WriteLineAsync(mistake);
            return WorkerExitCode.NotStartedByPlugBroker;
        }

        Open(environment.ChannelHandle);
        await WriteGarbageAsync(CancellationToken.None);
        return 0;
    }

    private static ValueTask<Reply> Echo(Request request, CancellationToken cancellation) =>
        ValueTask.FromResult(Reply.Bytes(request.Payload, request.ContentType));

    private static string Shown(CallerIdentity? caller) =>
        $"{caller?.Sid}|{caller?.AccountName}|{caller?.Integrity}|{caller?.SessionId}";

    private static ValueTask<Reply> Die()
    {
        Environment.Exit(ExitCodeOfDeath);
        return default;
    }

    private static async ValueTask<Reply> HangAsync()
    {
        await Task.Delay(Timeout.Infinite, CancellationToken.None);
        return Reply.Empty;
    }

    private static async ValueTask<Reply> WriteGarbageAsync(CancellationToken cancellation)
    {
        byte[] garbage = new byte[256];
        Array.Fill(garbage, (byte)0xAA);
        _channel!.Write(garbage);
        await Task.Delay(Timeout.Infinite, cancellation);
        return Reply.Empty;
    }

    private static void Flood()
    {
        byte[] line = Encoding.ASCII.GetBytes(new string('x', 127) + "\n");
        using Stream output = Console.OpenStandardOutput();
        for (int written = 0; written < FloodBytes; written += line.Length)
        {
            output.Write(line);
        }
    }
}
