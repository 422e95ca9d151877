// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;

namespace PlugBroker.Wire;

/// <summary>Writes whole frames. Each method returns the bytes written to the front of <c>to</c>.</summary>
internal static class FrameWriter
{
    public static int Write(
        Span<byte> to, FrameType type, ulong streamId, ReadOnlySpan<byte> meta,
        ReadOnlySpan<byte> payload = default, FrameFlags flags = FrameFlags.None)
    {
        new FrameHeader(type, flags, meta.Length, payload.Length, streamId, 0).Encode(to);
        meta.CopyTo(to[WireLimits.HeaderBytes..]);
        payload.CopyTo(to[(WireLimits.HeaderBytes + meta.Length)..]);
        return WireLimits.HeaderBytes + meta.Length + payload.Length;
    }

    /// <summary>Puts the header before metadata that already stand in their place.</summary>
    public static int Finish(Span<byte> to, FrameType type, ulong streamId, int metaLength)
    {
        new FrameHeader(type, FrameFlags.None, metaLength, 0, streamId, 0).Encode(to);
        return WireLimits.HeaderBytes + metaLength;
    }

    /// <summary>Writes REQUEST.</summary>
    public static int WriteRequest(
        Span<byte> to, ulong streamId, ulong deadlineMicroseconds, scoped in RequestMeta meta,
        ReadOnlySpan<byte> payload, FrameFlags flags)
    {
        var tlvs = new TlvWriter(to[WireLimits.HeaderBytes..]);
        meta.Write(ref tlvs);
        int length = tlvs.Length;
        new FrameHeader(FrameType.Request, flags, length, payload.Length, streamId, deadlineMicroseconds).Encode(to);
        payload.CopyTo(to[(WireLimits.HeaderBytes + length)..]);
        return WireLimits.HeaderBytes + length + payload.Length;
    }

    public static int WriteData(Span<byte> to, ulong streamId, ReadOnlySpan<byte> payload, FrameFlags flags) =>
        Write(to, FrameType.Data, streamId, default, payload, flags);

    /// <summary>Writes the header of a DATA whose payload the caller puts behind it.</summary>
    public static int WriteDataHeader(Span<byte> to, ulong streamId, int payloadLength, FrameFlags flags)
    {
        new FrameHeader(FrameType.Data, flags, 0, payloadLength, streamId, 0).Encode(to);
        return WireLimits.HeaderBytes;
    }

    public static int WriteCancel(Span<byte> to, ulong streamId) => Write(to, FrameType.Cancel, streamId, default);

    public static int WriteWindow(Span<byte> to, ulong streamId, uint credit)
    {
        new TlvWriter(to[WireLimits.HeaderBytes..]).PutU32(TlvType.Credit, credit);
        return Finish(to, FrameType.Window, streamId, WireLimits.TlvHeaderBytes + 4);
    }

    public static int WritePing(Span<byte> to, ulong opaque) => WriteOpaque(to, FrameType.Ping, opaque);

    public static int WritePong(Span<byte> to, ulong opaque) => WriteOpaque(to, FrameType.Pong, opaque);

    public static int WriteUnimplemented(Span<byte> to, ulong streamId, FrameType type)
    {
        new TlvWriter(to[WireLimits.HeaderBytes..]).PutU8(TlvType.UnknownFrameType, (byte)type);
        return Finish(to, FrameType.Unimplemented, streamId, WireLimits.TlvHeaderBytes + 1);
    }

    /// <summary>Writes READY: the routes' names and how many calls the worker takes at once.</summary>
    public static int WriteReady(Span<byte> to, IEnumerable<byte[]> routes, int concurrency)
    {
        var tlvs = new TlvWriter(to[WireLimits.HeaderBytes..]);
        foreach (byte[] route in routes)
        {
            tlvs.PutBytes(TlvType.Route, route);
        }

        tlvs.PutU32(TlvType.Concurrency, (uint)concurrency);
        return Finish(to, FrameType.Ready, 0, tlvs.Length);
    }

    private static int WriteOpaque(Span<byte> to, FrameType type, ulong opaque)
    {
        new TlvWriter(to[WireLimits.HeaderBytes..]).PutU64(TlvType.Opaque, opaque);
        return Finish(to, type, 0, WireLimits.TlvHeaderBytes + 8);
    }
}
