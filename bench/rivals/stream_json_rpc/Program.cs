// SPDX-License-Identifier: Apache-2.0
// StreamJsonRpcRival server|client PIPE (the name after \\.\pipe\). The server ends with its client.
using System;
using System.IO;
using System.IO.Pipes;
using System.Threading.Tasks;
using PlugBroker.Bench.Rivals;
using StreamJsonRpc;

return args switch
{
    ["server", var pipe] => await ServeAsync(pipe),
    ["client", var pipe] => await CallAsync(pipe),
    _ => throw new ArgumentException("usage: StreamJsonRpcRival server|client PIPE"),
};

static LengthHeaderMessageHandler HandlerOf(Stream pipe) => new(pipe, pipe, new MessagePackFormatter());

static async Task<int> ServeAsync(string name)
{
    await using var pipe = new NamedPipeServerStream(
        name, PipeDirection.InOut, 1, PipeTransmissionMode.Byte, PipeOptions.Asynchronous, 65536, 65536);
    Console.WriteLine("ready");
    await pipe.WaitForConnectionAsync();
    using var rpc = new JsonRpc(HandlerOf(pipe), new EchoTarget());
    rpc.StartListening();
    await rpc.Completion;
    return 0;
}

static async Task<int> CallAsync(string name)
{
    await using var pipe = new NamedPipeClientStream(".", name, PipeDirection.InOut, PipeOptions.Asynchronous);
    await pipe.ConnectAsync(30_000);
    using var rpc = new JsonRpc(HandlerOf(pipe));
    rpc.StartListening();
    await RivalClient.RunAsync(async request => (await rpc.InvokeAsync<byte[]>("Echo", request)).Length);
    return 0;
}

internal sealed class EchoTarget
{
    public byte[] Echo(byte[] request) => request;
}
