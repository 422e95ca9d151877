// SPDX-License-Identifier: Apache-2.0
using System;
using System.Diagnostics;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PlugBroker.Client;

namespace CSharpClient;

internal static class Scenarios
{
    /// <summary>Nothing waits longer: a hang becomes a failure.</summary>
    private static readonly CallOptions _patient = new() { Deadline = TimeSpan.FromSeconds(60), WaitForReady = true };

    public static async Task UnaryAsync(PlugBrokerClient client)
    {
        Reply reply = await client.CallAsync("echo", "hello", new() { ContentType = "text/plain" });
        Console.WriteLine($"echo {reply.ReadText()} {reply.ContentType}");

        byte[] large = [.. Enumerable.Range(0, 3_000_000).Select(at => (byte)(at * 7))];
        Console.WriteLine($"large {(await client.CallAsync("echo", large)).Payload.Span.SequenceEqual(large)}");

        string[] texts = [.. Enumerable.Range(0, 200).Select(at => $"text {at}")];
        Reply[] replies = await Task.WhenAll(texts.Select(text => client.CallAsync("echo", text)));
        Console.WriteLine($"parallel {replies.Select(one => one.ReadText()).SequenceEqual(texts)}");

        using Activity activity = new Activity("scenario").SetIdFormat(ActivityIdFormat.W3C).Start();
        Reply context = await client.CallAsync(
            "context", "", new() { IdempotencyKey = "order-7", Metadata = [new("tenant", "blue")] });
        Console.WriteLine($"context {context.ReadText() == $"{activity.Id} order-7"} {context.Metadata[0]}");
        Console.WriteLine($"waiting {client.Call("echo", Encoding.UTF8.GetBytes("still here")).ReadText()}");
    }

    public static async Task ErrorsAsync(PlugBrokerClient client)
    {
        Console.WriteLine(await OutcomeAsync(client.CallAsync("no.such.route", "x")));
        Console.WriteLine(await OutcomeAsync(client.CallAsync("fail", "x")));
        Console.WriteLine(await OutcomeAsync(client.CallAsync("throw", "x")));
        Console.WriteLine(await OutcomeAsync(client.CallAsync("count", "2")));
    }

    public static async Task DeadlineAsync(PlugBrokerClient client)
    {
        await client.WaitForReadyAsync(TimeSpan.FromSeconds(60));
        Console.WriteLine(
            await OutcomeAsync(client.CallAsync("sleep", "3600000", new() { Deadline = TimeSpan.FromMilliseconds(300) })));
        await UntilBusyAsync(client, 0);
        Console.WriteLine("the worker stopped");
    }

    public static async Task CancelAsync(PlugBrokerClient client)
    {
        using var cancel = new CancellationTokenSource();
        Task<Reply> call = client.CallAsync("sleep", "3600000", _patient, cancel.Token);
        await UntilBusyAsync(client, 1);
        await cancel.CancelAsync();
        Console.WriteLine(await OutcomeAsync(call));
        await UntilBusyAsync(client, 0);
        Console.WriteLine("the worker stopped");
    }

    public static async Task OneCallAsync(PlugBrokerClient client) =>
        Console.WriteLine(await OutcomeAsync(client.CallAsync("echo", "x")));

    /// <summary>The service is stopped once there is the line "running".</summary>
    public static async Task DrainAsync(PlugBrokerClient client)
    {
        Task<Reply> call = client.CallAsync("sleep", "1500", _patient);
        await UntilBusyAsync(client, 1);
        Console.WriteLine("running");
        Console.WriteLine(await OutcomeAsync(call));
    }

    /// <summary>The service is stopped and started once there is the line "first".</summary>
    public static async Task RestartAsync(PlugBrokerClient client)
    {
        string first = (await client.CallAsync("process", "", _patient)).ReadText();
        Console.WriteLine("first");
        string now = first;
        while (now == first)
        {
            try
            {
                now = (await client.CallAsync("process", "", _patient)).ReadText();
            }
            catch (PlugBrokerException failure) when (failure.Status == StatusCode.Unavailable)
            {
                // On its way when the service stopped; the next one connects again.
            }
        }

        Console.WriteLine("another process answers");
    }

    /// <summary>Waits until the worker says that so many calls keep it busy.</summary>
    public static async Task UntilBusyAsync(PlugBrokerClient client, int count)
    {
        while ((await client.CallAsync("busy", "", _patient)).ReadText() != $"{count}")
        {
            await Task.Yield();
        }
    }

    private static async Task<string> OutcomeAsync(Task<Reply> call)
    {
        try
        {
            return $"Ok {(await call).ReadText()}";
        }
        catch (PlugBrokerException failure)
        {
            string detail = failure.Detail.IsEmpty ? "" : $" [{Encoding.UTF8.GetString(failure.Detail.Span)}]";
            string after = failure.RetryAfter is { } wait ? $" after {wait.TotalSeconds:0} s" : "";
            return $"{failure.Status} {failure.Retry} {failure.Origin} {failure.WorkerReceived}: {failure.Message}{detail}{after}";
        }
        catch (OperationCanceledException)
        {
            return "given up";
        }
    }
}
