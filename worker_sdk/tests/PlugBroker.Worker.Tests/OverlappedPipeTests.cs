// SPDX-License-Identifier: Apache-2.0
using System;
using System.IO;
using System.IO.Pipes;
using System.Threading.Tasks;
using PlugBroker.Worker.Channel;

namespace PlugBroker.Worker.Tests;

/// <summary>On Windows only; elsewhere they are skipped.</summary>
public sealed class OverlappedPipeTests
{
    private const int QuotaBytes = 4096;

    [Fact]
    public async Task Bytes_go_both_ways_at_once()
    {
        (NamedPipeServerStream server, OverlappedPipe pipe) = await ConnectAsync();
        byte[] there = new byte[200_000];
        byte[] back = new byte[200_000];
        new Random(1).NextBytes(there);
        new Random(2).NextBytes(back);
        byte[] came = new byte[there.Length];
        byte[] cameBack = new byte[back.Length];

        await Task.WhenAll(
            server.WriteAsync(there).AsTask(), server.ReadExactlyAsync(cameBack).AsTask(), Task.Run(() => pipe.Write(back)),
            Task.Run(() => ReadAll(pipe, came))).Guarded();

        Assert.Equal(there, came);
        Assert.Equal(back, cameBack);
        pipe.Dispose();
    }

    [Fact]
    public async Task A_read_that_waits_ends_when_it_is_interrupted_and_each_later_one_at_once()
    {
        (NamedPipeServerStream server, OverlappedPipe pipe) = await ConnectAsync();
        for (int i = 0; i < 200; i++)
        {
            Task<int> reading = Task.Run(() => pipe.Read(new byte[16]));
            await server.WriteAsync(new byte[1]).AsTask().Guarded();
            Assert.Equal(1, await reading.Guarded());
        }

        Task<int> waiting = Task.Run(() => pipe.Read(new byte[16]));
        pipe.Interrupt();

        await Assert.ThrowsAsync<OperationCanceledException>(() => waiting.Guarded());
        Assert.Throws<OperationCanceledException>(() => pipe.Read(new byte[16]));
        Assert.Throws<OperationCanceledException>(() => pipe.Write(new byte[16]));
        pipe.Dispose();
    }

    [Fact]
    public async Task A_write_that_waits_for_its_reader_ends_when_the_channel_is_disposed()
    {
        (_, OverlappedPipe pipe) = await ConnectAsync();
        Task writing = Task.Run(() =>
        {
            while (true)
            {
                pipe.Write(new byte[4 * QuotaBytes]);
            }
        });

        pipe.Dispose();

        await Assert.ThrowsAsync<OperationCanceledException>(() => writing.Guarded());
    }

    [Fact]
    public async Task The_other_end_gone_is_the_end_for_a_read_and_an_IOException_for_a_write()
    {
        (NamedPipeServerStream server, OverlappedPipe pipe) = await ConnectAsync();
        Task<int> waiting = Task.Run(() => pipe.Read(new byte[16]));

        await server.DisposeAsync();

        Assert.Equal(0, await waiting.Guarded());
        Assert.Equal(0, pipe.Read(new byte[16]));
        Assert.Throws<IOException>(() => pipe.Write(new byte[16]));
        pipe.Dispose();
    }

    [Fact]
    public async Task A_handle_that_belongs_to_the_thread_pool_s_port_serves_all_the_same()
    {
        Assert.SkipUnless(OperatingSystem.IsWindows(), "overlapped pipes are on Windows only");
        (NamedPipeServerStream server, NamedPipeClientStream client) = await ConnectStreamsAsync();
        using var pipe = new OverlappedPipe(client.SafePipeHandle, client);

        for (byte i = 0; i < 100; i++)
        {
            Task<int> reading = Task.Run(() => pipe.Read(new byte[16]));
            await server.WriteAsync(new byte[] { i }).AsTask().Guarded();
            Assert.Equal(1, await reading.Guarded());
        }
    }

    private static void ReadAll(OverlappedPipe pipe, Memory<byte> to)
    {
        while (!to.IsEmpty)
        {
            to = to[pipe.Read(to)..];
        }
    }

    private static async Task<(NamedPipeServerStream Server, OverlappedPipe Pipe)> ConnectAsync()
    {
        Assert.SkipUnless(OperatingSystem.IsWindows(), "overlapped pipes are on Windows only");
        (NamedPipeServerStream server, NamedPipeClientStream client) = await ConnectStreamsAsync();
        return (server, new OverlappedPipe(client.SafePipeHandle, client));
    }

    private static async Task<(NamedPipeServerStream Server, NamedPipeClientStream Client)> ConnectStreamsAsync()
    {
        string name = "plugbroker.test." + Guid.NewGuid().ToString("N");
        var server = new NamedPipeServerStream(
            name, PipeDirection.InOut, 1, PipeTransmissionMode.Byte, PipeOptions.Asynchronous, QuotaBytes, QuotaBytes);
        var client = new NamedPipeClientStream(".", name, PipeDirection.InOut, PipeOptions.Asynchronous);
        await Task.WhenAll(server.WaitForConnectionAsync(), client.ConnectAsync()).Guarded();
        return (server, client);
    }
}
