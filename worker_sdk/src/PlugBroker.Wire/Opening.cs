// SPDX-License-Identifier: Apache-2.0
using System;

namespace PlugBroker.Wire;

/// <summary>Who connects.</summary>
internal enum PeerRole : byte
{
    Client = 1,
    Worker = 2,
}

/// <summary>What the connecting side says of itself in HELLO.</summary>
internal sealed record HelloOffer(PeerRole Role, string LibraryName)
{
    public ushort WireVersionMin { get; init; } = Opening.WireVersion;

    public ushort WireVersionMax { get; init; } = Opening.WireVersion;

    public ulong FeaturesSupported { get; init; }

    public ulong FeaturesRequired { get; init; }

    public uint MaxChunk { get; init; } = WireLimits.MaxChunkBytes;

    public uint MaxStreams { get; init; } = WireLimits.MaxStreams;

    public uint StreamWindow { get; init; } = WireLimits.StreamWindow;

    public uint ConnectionWindow { get; init; } = WireLimits.ConnectionWindow;

    public ulong MaxPayload { get; init; } = WireLimits.MaxPayloadBytes;

    public string LibraryVersion { get; init; } = Opening.LibraryVersion;
}

/// <summary>What the broker takes, told in its accepting HELLO_ACK.</summary>
internal sealed record HelloAck
{
    /// <summary>The version that holds.</summary>
    public ushort WireVersion { get; init; }

    /// <summary>16 random bytes, new each time the broker starts.</summary>
    public ReadOnlyMemory<byte> InstanceId { get; init; }

    public ushort WireVersionMin { get; init; }

    public ushort WireVersionMax { get; init; }

    public ulong FeaturesSupported { get; init; }

    /// <summary>The broker's max_chunk or ours, whichever is smaller.</summary>
    public int MaxChunk { get; init; }

    public uint MaxStreams { get; init; }

    public uint StreamWindow { get; init; }

    public uint ConnectionWindow { get; init; }

    public ulong MaxPayload { get; init; }

    public string LibraryName { get; init; } = "";

    public string LibraryVersion { get; init; } = "";

    public string Message { get; init; } = "";
}

/// <summary>The opening's two frames: HELLO and HELLO_ACK.</summary>
internal static class Opening
{
    public const ushort WireVersion = 1;

    /// <summary>The library's version as it stands in HELLO.</summary>
    public static string LibraryVersion { get; } = typeof(Opening).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";

    /// <summary>Writes HELLO; returns its length.</summary>
    public static int WriteHello(Span<byte> to, HelloOffer offer)
    {
        var tlvs = new TlvWriter(to[WireLimits.HeaderBytes..]);
        tlvs.PutU8(TlvType.Role, (byte)offer.Role);
        tlvs.PutU16(TlvType.WireVersionMin, offer.WireVersionMin);
        tlvs.PutU16(TlvType.WireVersionMax, offer.WireVersionMax);
        if (offer.FeaturesSupported != 0 || offer.FeaturesRequired != 0)
        {
            tlvs.PutU64(TlvType.FeaturesSupported, offer.FeaturesSupported);
            tlvs.PutU64(TlvType.FeaturesRequired, offer.FeaturesRequired);
        }

        WriteLimits(ref tlvs, offer);
        tlvs.PutText(TlvType.LibraryName, offer.LibraryName, WireLimits.MaxLibraryNameBytes);
        tlvs.PutText(TlvType.LibraryVersion, offer.LibraryVersion, WireLimits.MaxLibraryVersionBytes);
        return FrameWriter.Finish(to, FrameType.Hello, 0, tlvs.Length);
    }

    /// <summary>What a side takes, as HELLO and an accepting HELLO_ACK say it.</summary>
    public static void WriteLimits(ref TlvWriter to, HelloOffer offer)
    {
        to.PutU32(TlvType.MaxChunk, offer.MaxChunk);
        to.PutU32(TlvType.MaxStreams, offer.MaxStreams);
        to.PutU32(TlvType.StreamWindow, offer.StreamWindow);
        to.PutU32(TlvType.ConnectionWindow, offer.ConnectionWindow);
        to.PutU64(TlvType.MaxPayload, offer.MaxPayload);
    }

    /// <summary>Reads an accepting HELLO_ACK.</summary>
    /// <exception cref="RefusedException">The broker refused, or asks for what was not offered.</exception>
    /// <exception cref="ProtocolException">The metadata breaks a rule.</exception>
    public static HelloAck DecodeHelloAck(ReadOnlySpan<byte> metadata, HelloOffer offer)
    {
        if (IsRefusal(metadata))
        {
            throw DecodeRefusal(metadata, offer);
        }

        ushort version = 0, lowest = 0, highest = 0;
        ulong supported = 0, required = 0, maxPayload = 0;
        uint maxChunk = 0, maxStreams = 0, streamWindow = 0, connectionWindow = 0;
        byte[] instance = [];
        string name = "", libraryVersion = "", message = "";
        var reader = new TlvReader(metadata);
        while (reader.Next())
        {
            switch (reader.Type)
            {
                case TlvType.Result: reader.ReadU16(); break;
                case TlvType.WireVersion: version = reader.ReadU16(); break;
                case TlvType.InstanceId:
                    instance = reader.ReadBytes(WireLimits.InstanceIdBytes, WireLimits.InstanceIdBytes).ToArray();
                    break;
                case TlvType.WireVersionMin: lowest = reader.ReadU16(); break;
                case TlvType.WireVersionMax: highest = reader.ReadU16(); break;
                case TlvType.FeaturesSupported: supported = reader.ReadU64(); break;
                case TlvType.FeaturesRequired: required = reader.ReadU64(); break;
                case TlvType.MaxChunk: maxChunk = reader.ReadU32(); break;
                case TlvType.MaxStreams: maxStreams = reader.ReadU32(); break;
                case TlvType.StreamWindow: streamWindow = reader.ReadU32(); break;
                case TlvType.ConnectionWindow: connectionWindow = reader.ReadU32(); break;
                case TlvType.MaxPayload: maxPayload = reader.ReadU64(); break;
                case TlvType.LibraryName: name = reader.ReadText(WireLimits.MaxLibraryNameBytes); break;
                case TlvType.LibraryVersion: libraryVersion = reader.ReadText(WireLimits.MaxLibraryVersionBytes); break;
                case TlvType.Message: message = reader.ReadText(WireLimits.MaxMessageBytes); break;
                default: reader.SkipUnknown(); break;
            }
        }

        foreach (TlvType type in (ReadOnlySpan<TlvType>)[
            TlvType.Result, TlvType.WireVersion, TlvType.InstanceId, TlvType.WireVersionMin, TlvType.WireVersionMax,
            TlvType.MaxChunk, TlvType.MaxStreams, TlvType.StreamWindow, TlvType.ConnectionWindow, TlvType.MaxPayload])
        {
            reader.Require(type);
        }

        reader.RefuseUnknownCritical();
        if (maxChunk < WireLimits.MinChunkBytes || !IsWindow(streamWindow) || !IsWindow(connectionWindow))
        {
            throw new ProtocolException("The broker's HELLO_ACK has a limit outside its range.");
        }

        if (version < offer.WireVersionMin || version > offer.WireVersionMax
            || (required & ~offer.FeaturesSupported) != 0 || (offer.FeaturesRequired & ~supported) != 0)
        {
            throw new RefusedException(
                StatusCode.FailedPrecondition, "it wants a wire version or a feature that was not offered");
        }

        return new HelloAck
        {
            WireVersion = version,
            InstanceId = instance,
            WireVersionMin = lowest,
            WireVersionMax = highest,
            FeaturesSupported = supported,
            MaxChunk = (int)Math.Min(maxChunk, WireLimits.MaxChunkBytes),
            MaxStreams = maxStreams,
            StreamWindow = streamWindow,
            ConnectionWindow = connectionWindow,
            MaxPayload = maxPayload,
            LibraryName = name,
            LibraryVersion = libraryVersion,
            Message = message,
        };
    }

    /// <summary>The first result decides which rules hold; whether it is well-formed is those rules' business.</summary>
    private static bool IsRefusal(ReadOnlySpan<byte> metadata)
    {
        var reader = new TlvReader(metadata);
        while (reader.Next())
        {
            if (reader.Type == TlvType.Result)
            {
                return reader.ReadU16() != (ushort)StatusCode.Ok;
            }
        }

        return false;
    }

    private static RefusedException DecodeRefusal(ReadOnlySpan<byte> metadata, HelloOffer offer)
    {
        ushort result = 0, lowest = 0, highest = 0;
        string message = "";
        var reader = new TlvReader(metadata);
        while (reader.Next())
        {
            switch (reader.Type)
            {
                case TlvType.Result: result = reader.ReadU16(); break;
                case TlvType.Message: message = reader.ReadText(WireLimits.MaxMessageBytes); break;
                case TlvType.WireVersionMin: lowest = reader.ReadU16(); break;
                case TlvType.WireVersionMax: highest = reader.ReadU16(); break;
                default: reader.SkipUnknown(); break;
            }
        }

        reader.Require(TlvType.Message);
        reader.Require(TlvType.WireVersionMin);
        reader.Require(TlvType.WireVersionMax);
        reader.RefuseUnknownCritical();
        StatusCode status = result > (ushort)StatusCode.Unauthenticated ? StatusCode.Unknown : (StatusCode)result;
        string ours = offer.WireVersionMin == offer.WireVersionMax
            ? $"{offer.WireVersionMax}"
            : $"{offer.WireVersionMin} to {offer.WireVersionMax}";
        return new RefusedException(
            status, $"{status}: {message} (it speaks wire versions {lowest} to {highest}, this library {ours})");
    }

    private static bool IsWindow(uint credit) => credit is >= WireLimits.MinWindow and <= WireLimits.MaxWindow;
}

/// <summary>The broker does not take this peer. The message is the broker's.</summary>
internal sealed class RefusedException(StatusCode status, string message) : Exception(message)
{
    public StatusCode Status { get; } = status;
}
