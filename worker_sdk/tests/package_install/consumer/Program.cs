// SPDX-License-Identifier: Apache-2.0
// Serves by the packages; exit code 0 when every answer was as expected.
using System;
using System.Collections.Generic;
using System.Text;
using System.Text.Json.Serialization;
using System.Threading;
using System.Threading.Tasks;
using PlugBroker.Worker;
using PlugBroker.Worker.Testing;
#if NET
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
#endif

#if NET
new ServiceCollection().AddPlugBrokerWorker(worker => worker.Map<Greeter>("greet"));
#endif

WorkerTestHost host = WorkerTestHost.Create(routes => routes
    .Map("greet", new Greeter())
    .MapServerStream("count", (request, cancellation) => Counter.CountAsync(request.ReadText(), cancellation))
    .MapJson("twice", DocumentJson.Default.Document, DocumentJson.Default.Document, document => new Document { Value = 2 * document.Value }));
TestReply greeting = await host.CallAsync("greet", Encoding.UTF8.GetBytes("you"));
TestReply twice = await host.CallAsync("twice", Encoding.UTF8.GetBytes("{\"Value\":21}"));
TestStreamCall counting = await host.OpenStreamAsync("count");
await counting.WriteAsync(Encoding.UTF8.GetBytes("3"));
counting.CompleteWriting();
string counted = "";
await foreach (ReadOnlyMemory<byte> message in counting.ReadAllAsync())
{
    counted += Encoding.UTF8.GetString(message.ToArray());
}

await host.DisposeAsync();
string answers = $"{greeting.ReadText()} {twice.ReadText()} {counted} {Calling.IsForWindowsAlone()} {typeof(WorkerHost).Assembly.GetName().Version}";
Console.WriteLine(answers);
return answers.StartsWith("Hello, you! {\"Value\":42} 123 True ", StringComparison.Ordinal) ? 0 : 1;

internal sealed class Greeter : IRequestHandler
{
    public ValueTask<Reply> HandleAsync(Request request, CancellationToken cancellationToken) =>
        new ValueTask<Reply>(Reply.Text($"Hello, {request.ReadText()}!"));
}

internal static class Counter
{
    public static async IAsyncEnumerable<ReadOnlyMemory<byte>> CountAsync(
        string to, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        for (int at = 1; at <= int.Parse(to); at++)
        {
            cancellation.ThrowIfCancellationRequested();
            await Task.Yield();
            yield return Encoding.UTF8.GetBytes($"{at}");
        }
    }
}

internal sealed class Document
{
    public int Value { get; set; }
}

[JsonSerializable(typeof(Document))]
internal sealed partial class DocumentJson : JsonSerializerContext
{
}
