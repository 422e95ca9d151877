// SPDX-License-Identifier: Apache-2.0
using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using PlugBroker.Wire;

namespace PlugBroker.Client.Tests;

internal sealed record WireFrame(FrameHeader Header, byte[] Meta, byte[] Payload)
{
    public RequestMeta Request => RequestMeta.Decode(Meta);

    public uint Credit => SmallMessages.DecodeCredit(Meta);
}

/// <summary>The service's end of one connection.</summary>
internal sealed class BrokerConnection(DuplexStream pipe)
{
    public Task SendAsync(params byte[][] frames) =>
        pipe.WriteAsync(frames.SelectMany(frame => frame).ToArray()).AsTask().Guarded();

    public async Task<WireFrame> ReadAsync()
    {
        byte[] header = new byte[WireLimits.HeaderBytes];
        await pipe.ReadExactlyAsync(header).AsTask().Guarded();
        FrameHeader decoded = FrameHeader.Decode(header);
        byte[] meta = new byte[decoded.MetaLength];
        byte[] payload = new byte[decoded.PayloadLength];
        await pipe.ReadExactlyAsync(meta).AsTask().Guarded();
        await pipe.ReadExactlyAsync(payload).AsTask().Guarded();
        return new WireFrame(decoded, meta, payload);
    }

    /// <summary>The next frame that is no WINDOW.</summary>
    public async Task<WireFrame> ReadPastWindowsAsync()
    {
        WireFrame frame;
        do
        {
            frame = await ReadAsync();
        }
        while (frame.Header.Type == FrameType.Window);

        return frame;
    }

    public async Task<WireFrame> ExpectAsync(FrameType type)
    {
        WireFrame frame = await ReadPastWindowsAsync();
        Assert.Equal(type, frame.Header.Type);
        return frame;
    }

    /// <summary>Reads a request and answers it with its own payload.</summary>
    public async Task<WireFrame> EchoAsync()
    {
        WireFrame request = await ExpectAsync(FrameType.Request);
        ulong stream = request.Header.StreamId;
        await SendAsync(Frames.Data(stream, request.Payload), Frames.End(stream, EndMeta.Ok));
        return request;
    }

    /// <summary>Ends when the client has closed its end.</summary>
    public async Task WaitForEndAsync()
    {
        byte[] rest = new byte[4096];
        while (await pipe.ReadAsync(rest).AsTask().Guarded() != 0)
        {
        }
    }

    public void Close() => pipe.Dispose();
}
