// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace PlugBroker.Worker.Tests;

/// <summary>The wire once more, written from docs/PROTOCOL.md alone and without the library's codec.</summary>
internal static class Bytes
{
    public const byte Hello = 1, HelloAck = 2, Ready = 3, Request = 4, Data = 5, End = 6, Cancel = 7, Window = 8,
        Ping = 9, Pong = 10, GoAway = 11, Lane = 12, Unimplemented = 13;

    public const ushort EndStream = 1, More = 2, NoMessage = 4;

    public static byte[] Frame(
        byte type, ulong stream = 0, ushort flags = 0, byte[]? meta = null, byte[]? payload = null, ulong deadline = 0)
    {
        meta ??= [];
        payload ??= [];
        byte[] header = new byte[32];
        header[0] = 0x50;
        header[1] = 0x42;
        header[2] = 1;
        header[3] = type;
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(4), flags);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(6), (ushort)meta.Length);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(8), payload.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(16), stream);
        BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(24), deadline);
        return [.. header, .. meta, .. payload];
    }

    public static byte[] Tlv(int type, params byte[] value) =>
        [(byte)type, (byte)(type >> 8), (byte)value.Length, (byte)(value.Length >> 8), .. value];

    public static byte[] Text(int type, string text) => Tlv(type, Encoding.UTF8.GetBytes(text));

    /// <summary>A key and value of the application.</summary>
    public static byte[] Entry(string key, string value) =>
        Tlv(0x0034, [(byte)key.Length, .. Encoding.UTF8.GetBytes(key + value)]);

    /// <summary>That many entries with the key <c>k</c>.</summary>
    public static byte[] Entries(int count, string value) => Join([.. Enumerable.Repeat(Entry("k", value), count)]);

    public static byte[] U8(int type, byte value) => Tlv(type, value);

    public static byte[] U16(int type, ushort value) => Tlv(type, (byte)value, (byte)(value >> 8));

    public static byte[] U32(int type, uint value) => Tlv(type, BitConverter.GetBytes(value));

    public static byte[] U64(int type, ulong value) => Tlv(type, BitConverter.GetBytes(value));

    public static byte[] Join(params byte[][] parts) => [.. parts.SelectMany(part => part)];

    /// <summary>An accepting HELLO_ACK's metadata.</summary>
    public static byte[] AckMeta(
        uint maxChunk = 65_536, uint streamWindow = 131_072, uint connectionWindow = 1_048_576,
        ulong maxPayload = 67_108_864) => Join(
            U16(0x0010, 0), U16(0x0011, 1), Tlv(0x0012, new byte[16]), U16(0x0002, 1), U16(0x0003, 1),
            U32(0x0006, maxChunk), U32(0x0007, 256), U32(0x0008, streamWindow), U32(0x0009, connectionWindow),
            U64(0x000A, maxPayload));

    /// <summary>A REQUEST that is a whole request unless flags say otherwise.</summary>
    public static byte[] RequestFrame(
        ulong stream, string route, byte[]? payload = null, ushort flags = EndStream, ulong deadline = 30_000_000,
        byte[]? moreMeta = null) =>
        Frame(Request, stream, flags, [.. Text(0x0020, route), .. moreMeta ?? []], payload, deadline);

    /// <summary>A REQUEST that opens a stream before its first message.</summary>
    public static byte[] OpenFrame(ulong stream, string route) => RequestFrame(stream, route, flags: NoMessage);

    /// <summary>A whole message of an open stream.</summary>
    public static byte[] DataFrame(ulong stream, byte[] payload, ushort flags = 0) =>
        Frame(Data, stream, flags, payload: payload);

    /// <summary>The half-close after the last message.</summary>
    public static byte[] HalfCloseFrame(ulong stream) => Frame(Data, stream, NoMessage | EndStream);

    public static byte[] CancelFrame(ulong stream) => Frame(Cancel, stream);

    public static byte[] WindowFrame(ulong stream, uint credit) => Frame(Window, stream, meta: U32(0x0050, credit));

    public static byte[] PingFrame(ulong opaque) => Frame(Ping, meta: U64(0x0070, opaque));

    public static byte[] GoAwayFrame(ushort status, string message = "") =>
        Frame(GoAway, meta: Join(U64(0x0060, 0), U16(0x0040, status), Text(0x0044, message)));

    /// <summary>Every TLV of well-formed metadata.</summary>
    public static IReadOnlyList<(int Type, byte[] Value)> Split(byte[] meta)
    {
        var tlvs = new List<(int, byte[])>();
        for (int at = 0; at < meta.Length;)
        {
            int type = BinaryPrimitives.ReadUInt16LittleEndian(meta.AsSpan(at));
            int length = BinaryPrimitives.ReadUInt16LittleEndian(meta.AsSpan(at + 2));
            tlvs.Add((type, meta[(at + 4)..(at + 4 + length)]));
            at += 4 + length;
        }

        return tlvs;
    }
}

/// <summary>A frame as the test's broker read it.</summary>
internal sealed record WireFrame(byte Type, ushort Flags, ulong Stream, byte[] Meta, byte[] Payload)
{
    public byte[]? Find(int type) => Bytes.Split(Meta).Where(tlv => tlv.Type == type).Select(tlv => tlv.Value).FirstOrDefault();

    public ulong Number(int type) => Find(type)!.Reverse().Aggregate(0UL, (sum, digit) => (sum << 8) | digit);

    public string Text(int type) => Encoding.UTF8.GetString(Find(type) ?? []);
}
