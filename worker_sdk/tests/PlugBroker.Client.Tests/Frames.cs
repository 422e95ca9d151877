// SPDX-License-Identifier: Apache-2.0
using System;
using System.Linq;
using System.Text;
using PlugBroker.Wire;

namespace PlugBroker.Client.Tests;

/// <summary>Frames as a service writes them.</summary>
internal static class Frames
{
    public static byte[] HelloAck(
        uint streamWindow = 131_072, uint connectionWindow = 1_048_576, uint maxStreams = 256, ulong maxPayload = 67_108_864,
        ushort version = 1)
    {
        byte[] meta = new byte[512];
        var tlvs = new TlvWriter(meta);
        tlvs.PutU16(TlvType.Result, 0);
        tlvs.PutU16(TlvType.WireVersion, version);
        tlvs.PutBytes(TlvType.InstanceId, new byte[16]);
        tlvs.PutU16(TlvType.WireVersionMin, 1);
        tlvs.PutU16(TlvType.WireVersionMax, 1);
        tlvs.PutU32(TlvType.MaxChunk, 65_536);
        tlvs.PutU32(TlvType.MaxStreams, maxStreams);
        tlvs.PutU32(TlvType.StreamWindow, streamWindow);
        tlvs.PutU32(TlvType.ConnectionWindow, connectionWindow);
        tlvs.PutU64(TlvType.MaxPayload, maxPayload);
        tlvs.PutText(TlvType.LibraryName, "fake", 64);
        return Raw(FrameType.HelloAck, 0, meta[..tlvs.Length]);
    }

    public static byte[] Refusal(StatusCode status, string message)
    {
        byte[] meta = new byte[512];
        var tlvs = new TlvWriter(meta);
        tlvs.PutU16(TlvType.Result, (ushort)status);
        tlvs.PutText(TlvType.Message, message, 400);
        tlvs.PutU16(TlvType.WireVersionMin, 1);
        tlvs.PutU16(TlvType.WireVersionMax, 3);
        return Raw(FrameType.HelloAck, 0, meta[..tlvs.Length]);
    }

    public static byte[] Raw(FrameType type, ulong stream, byte[]? meta = null, byte[]? payload = null, FrameFlags flags = 0)
    {
        byte[] frame = new byte[WireLimits.HeaderBytes + (meta?.Length ?? 0) + (payload?.Length ?? 0)];
        FrameWriter.Write(frame, type, stream, meta, payload, flags);
        return frame;
    }

    public static byte[] Data(ulong stream, byte[] payload, FrameFlags flags = FrameFlags.None) =>
        Raw(FrameType.Data, stream, null, payload, flags);

    public static byte[] Data(ulong stream, string payload, FrameFlags flags = FrameFlags.None) =>
        Data(stream, Encoding.UTF8.GetBytes(payload), flags);

    public static byte[] End(ulong stream, EndMeta end)
    {
        byte[] frame = new byte[EndMeta.MaxFrameBytes];
        return frame[..end.Write(frame, stream)];
    }

    public static byte[] End(
        ulong stream, StatusCode status, string message, RetryClass retry = RetryClass.Never, bool received = false) =>
        End(stream, new EndMeta(status, message, retry) { Origin = EndOrigin.Broker, WorkerReceived = received });

    public static byte[] Window(ulong stream, uint credit)
    {
        byte[] frame = new byte[64];
        return frame[..FrameWriter.WriteWindow(frame, stream, credit)];
    }

    public static byte[] GoAway(ulong lastStream, string message = "stopping")
    {
        byte[] frame = new byte[2048];
        return frame[..new GoAway(lastStream, StatusCode.Unavailable, message).Write(frame)];
    }

    public static byte[] Bytes(int count) => [.. Enumerable.Range(0, count).Select(at => (byte)at)];
}
