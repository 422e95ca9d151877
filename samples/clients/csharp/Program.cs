// SPDX-License-Identifier: Apache-2.0
// MarkdownCaller [FILE]: has a worker turn Markdown (a file, or standard input) into HTML on standard output.
// Exit codes: 0 done, 1 the call failed, 3 no service takes calls.
using System;
using System.IO;
using System.Threading;
using PlugBroker.Client;

using var stopped = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stopped.Cancel();
};
string markdown = args.Length > 0 ? await File.ReadAllTextAsync(args[0]) : await Console.In.ReadToEndAsync();

// One client for the whole process, shared by all its threads. PLUGBROKER_PIPE names another pipe, for a service in a console.
await using var client = new PlugBrokerClient(new ClientOptions
{
    PipeName = Environment.GetEnvironmentVariable("PLUGBROKER_PIPE") ?? ClientOptions.DefaultPipeName,
    UserName = "MarkdownCaller",
});
try
{
    Reply reply = await client.CallAsync(
        "markdown.to_html", markdown,
        new CallOptions { Deadline = TimeSpan.FromSeconds(5), ContentType = "text/markdown", RetryAttempts = 2 },
        stopped.Token);
    Console.WriteLine(reply.ReadText());
    return 0;
}
catch (PlugBrokerException failure)
{
    await Console.Error.WriteLineAsync($"{failure.Status} (from the {failure.Origin}): {failure.Message}");
    return failure.Origin == CallOrigin.Client && !failure.WorkerReceived ? 3 : 1;
}
