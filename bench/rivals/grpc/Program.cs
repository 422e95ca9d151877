// SPDX-License-Identifier: Apache-2.0
// GrpcRival server|client PIPE (the name after \\.\pipe\). The server ends when its standard input does.
using System;
using System.IO.Pipes;
using System.Net.Http;
using System.Runtime.Versioning;
using System.Security.Principal;
using System.Threading.Tasks;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PlugBroker.Bench.Rivals;

[assembly: SupportedOSPlatform("windows")]

return args switch
{
    ["server", var pipe] => await ServeAsync(pipe),
    ["client", var pipe] => await CallAsync(pipe),
    _ => throw new ArgumentException("usage: GrpcRival server|client PIPE"),
};

static async Task<int> ServeAsync(string pipe)
{
    WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
    builder.Logging.ClearProviders();
    builder.WebHost.UseNamedPipes();
    builder.WebHost.ConfigureKestrel(server =>
        server.ListenNamedPipe(pipe, listen => listen.Protocols = HttpProtocols.Http2));
    builder.Services.AddGrpc();
    WebApplication app = builder.Build();
    app.MapGrpcService<EchoService>();
    await app.StartAsync();
    Console.WriteLine("ready");
    Console.In.ReadToEnd();
    await app.StopAsync();
    return 0;
}

static async Task<int> CallAsync(string pipe)
{
    var handler = new SocketsHttpHandler
    {
        ConnectCallback = async (_, cancellation) =>
        {
            var stream = new NamedPipeClientStream(
                ".", pipe, PipeDirection.InOut, PipeOptions.WriteThrough | PipeOptions.Asynchronous,
                TokenImpersonationLevel.Anonymous);
            await stream.ConnectAsync(30_000, cancellation);
            return stream;
        },
    };
    using var channel = GrpcChannel.ForAddress("http://localhost", new GrpcChannelOptions { HttpHandler = handler });
    var client = new Echo.EchoClient(channel);
    await RivalClient.RunAsync(async request =>
    {
        Blob reply = await client.CallAsync(new Blob { Data = UnsafeByteOperations.UnsafeWrap(request) });
        return reply.Data.Length;
    });
    return 0;
}

internal sealed class EchoService : Echo.EchoBase
{
    public override Task<Blob> Call(Blob request, ServerCallContext context) => Task.FromResult(request);
}
