// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using PlugBroker.Worker.Channel;

namespace PlugBroker.Worker.Tests;

/// <summary>What came back of one call.</summary>
internal sealed record CallResult(byte[] Payload, WireFrame End)
{
    public StatusCode Status => (StatusCode)End.Number(0x0040);

    public ulong Retry => End.Number(0x0041);

    public ulong Origin => End.Number(0x0042);

    public ulong WorkerReceived => End.Number(0x0043);

    public string Message => End.Text(0x0044);

    public string ContentType => End.Text(0x0031);
}

/// <summary>Plays the broker against a worker in memory, and checks the credit of every DATA that comes.</summary>
internal sealed class BrokerEnd : IAsyncDisposable
{
    private readonly DuplexStream _pipe;
    private readonly uint _streamWindow;
    private readonly Dictionary<ulong, long> _streamCredit = [];
    private long _connectionCredit;

    private BrokerEnd(DuplexStream pipe, uint streamWindow, uint connectionWindow)
    {
        _pipe = pipe;
        _streamWindow = streamWindow;
        _connectionCredit = connectionWindow;
    }

    /// <summary>Ends when the worker's RunAsync has returned.</summary>
    public Task<int> ExitCode { get; private init; } = null!;

    /// <summary>Makes the worker stop by itself.</summary>
    public CancellationTokenSource Drain { get; private init; } = null!;

    /// <summary>What the worker wrote to standard error.</summary>
    public StringWriter Log { get; private init; } = null!;

    /// <summary>A worker that has sent nothing yet.</summary>
    public static BrokerEnd Connect(
        Action<RouteTable> map, int concurrency = 1, TimeProvider? time = null, uint streamWindow = 131_072,
        uint connectionWindow = 1_048_576, FailureReport report = default)
    {
        var drain = new CancellationTokenSource();
        (DuplexStream ours, DuplexStream theirs) = DuplexStream.CreatePair();
        var routes = new RouteTable();
        map(routes);
        var log = new StringWriter();
        var runner = new ChannelRunner(new StreamChannel(theirs), routes, concurrency, time ?? new ManualTime(), log, report);
        return new BrokerEnd(ours, streamWindow, connectionWindow)
        {
            ExitCode = Task.Run(() => runner.RunAsync(drain.Token)),
            Log = log,
            Drain = drain,
        };
    }

    /// <summary>A worker after the opening.</summary>
    public static async Task<BrokerEnd> OpenAsync(
        Action<RouteTable> map, int concurrency = 1, TimeProvider? time = null, uint streamWindow = 131_072,
        uint connectionWindow = 1_048_576, uint maxChunk = 65_536, ulong maxPayload = 67_108_864,
        FailureReport report = default)
    {
        BrokerEnd broker = Connect(map, concurrency, time, streamWindow, connectionWindow, report);
        Assert.Equal(Bytes.Hello, (await broker.ReadAsync()).Type);
        await broker.SendAsync(Bytes.Frame(
            Bytes.HelloAck, meta: Bytes.AckMeta(maxChunk, streamWindow, connectionWindow, maxPayload)));
        Assert.Equal(Bytes.Ready, (await broker.ReadAsync()).Type);
        return broker;
    }

    public Task SendAsync(params byte[][] frames) => _pipe.WriteAsync(Bytes.Join(frames)).AsTask().Guarded();

    public Task GrantAsync(ulong stream, uint credit)
    {
        if (stream == 0)
        {
            _connectionCredit += credit;
        }
        else
        {
            _streamCredit[stream] = _streamCredit.GetValueOrDefault(stream, _streamWindow) + credit;
        }

        return SendAsync(Bytes.WindowFrame(stream, credit));
    }

    public async Task<WireFrame> ReadAsync()
    {
        byte[] header = new byte[32];
        await _pipe.ReadExactlyAsync(header).AsTask().Guarded();
        Assert.Equal([0x50, 0x42, 1], header[..3]);
        byte[] meta = new byte[BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(6))];
        byte[] payload = new byte[BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(8))];
        await _pipe.ReadExactlyAsync(meta).AsTask().Guarded();
        await _pipe.ReadExactlyAsync(payload).AsTask().Guarded();
        var frame = new WireFrame(
            header[3], BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(4)),
            BinaryPrimitives.ReadUInt64LittleEndian(header.AsSpan(16)), meta, payload);
        Charge(frame);
        return frame;
    }

    /// <summary>The next frame that is no WINDOW.</summary>
    public async Task<WireFrame> ReadPastWindowsAsync()
    {
        WireFrame frame;
        do
        {
            frame = await ReadAsync();
        }
        while (frame.Type == Bytes.Window);

        return frame;
    }

    /// <summary>The next message of a stream's reply, granting back its credit; null and the END when there is none.</summary>
    public async Task<(byte[]? Message, WireFrame Last)> ReadMessageAsync(ulong stream)
    {
        var message = new MemoryStream();
        while (true)
        {
            WireFrame frame = await ReadPastWindowsAsync();
            Assert.Equal(stream, frame.Stream);
            if (frame.Type == Bytes.End)
            {
                return (null, frame);
            }

            Assert.Equal(Bytes.Data, frame.Type);
            message.Write(frame.Payload);
            await GrantAsync(0, (uint)frame.Payload.Length + 32);
            await GrantAsync(stream, (uint)frame.Payload.Length + 32);
            if ((frame.Flags & Bytes.More) == 0)
            {
                return (message.ToArray(), frame);
            }
        }
    }

    /// <summary>All messages up to the END.</summary>
    public async Task<(List<byte[]> Messages, CallResult Result)> ReadMessagesAsync(ulong stream)
    {
        var messages = new List<byte[]>();
        while (true)
        {
            (byte[]? message, WireFrame last) = await ReadMessageAsync(stream);
            if (message is null)
            {
                return (messages, new CallResult([], last));
            }

            messages.Add(message);
        }
    }

    /// <summary>Gathers a call's reply, granting back the credit of each DATA as it comes.</summary>
    public async Task<CallResult> ReadResultAsync(ulong stream)
    {
        var payload = new MemoryStream();
        while (true)
        {
            WireFrame frame = await ReadPastWindowsAsync();
            Assert.Equal(stream, frame.Stream);
            if (frame.Type == Bytes.End)
            {
                return new CallResult(payload.ToArray(), frame);
            }

            Assert.Equal(Bytes.Data, frame.Type);
            payload.Write(frame.Payload);
            await GrantAsync(0, (uint)frame.Payload.Length + 32);
            if ((frame.Flags & Bytes.More) != 0)
            {
                await GrantAsync(stream, (uint)frame.Payload.Length + 32);
            }
        }
    }

    public async Task<CallResult> CallAsync(ulong stream, string route, byte[]? payload = null)
    {
        await SendAsync(Bytes.RequestFrame(stream, route, payload));
        return await ReadResultAsync(stream);
    }

    /// <summary>Closes the broker's end.</summary>
    public void Close() => _pipe.Dispose();

    /// <summary>Everything that still comes, up to the end of the channel.</summary>
    public async Task<byte[]> ReadToEndAsync()
    {
        var rest = new MemoryStream();
        byte[] buffer = new byte[65_536];
        while (await _pipe.ReadAsync(buffer).AsTask().Guarded() is var count and > 0)
        {
            rest.Write(buffer, 0, count);
        }

        return rest.ToArray();
    }

    public async ValueTask DisposeAsync()
    {
        Close();
        await ExitCode.Guarded();
    }

    private void Charge(WireFrame frame)
    {
        if (frame.Type != Bytes.Data)
        {
            return;
        }

        int cost = frame.Payload.Length + 32;
        _connectionCredit -= cost;
        _streamCredit[frame.Stream] = _streamCredit.GetValueOrDefault(frame.Stream, _streamWindow) - cost;
        Assert.True(_connectionCredit >= 0, "The worker spent more than the connection's credit.");
        Assert.True(_streamCredit[frame.Stream] >= 0, "The worker spent more than the stream's credit.");
    }
}
