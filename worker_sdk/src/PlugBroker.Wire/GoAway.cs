// SPDX-License-Identifier: Apache-2.0
using System;

namespace PlugBroker.Wire;

/// <summary>A side takes no new calls, and why.</summary>
internal sealed record GoAway(ulong LastStream, StatusCode Status, string Message)
{
    /// <summary>It tells of a protocol error of the side that receives it, not only that its sender takes no more.</summary>
    public bool Complains => Status is not (StatusCode.Ok or StatusCode.Unavailable);

    /// <summary>Writes GOAWAY; returns its length.</summary>
    public int Write(Span<byte> to)
    {
        var tlvs = new TlvWriter(to[WireLimits.HeaderBytes..]);
        tlvs.PutU64(TlvType.LastStream, LastStream);
        tlvs.PutU16(TlvType.Status, (ushort)Status);
        tlvs.PutText(TlvType.Message, Message, WireLimits.MaxMessageBytes);
        return FrameWriter.Finish(to, FrameType.GoAway, 0, tlvs.Length);
    }

    /// <exception cref="ProtocolException">The metadata breaks a rule.</exception>
    public static GoAway Decode(ReadOnlySpan<byte> metadata)
    {
        ulong lastStream = 0;
        ushort status = 0;
        string message = "";
        var reader = new TlvReader(metadata);
        while (reader.Next())
        {
            switch (reader.Type)
            {
                case TlvType.LastStream: lastStream = reader.ReadU64(); break;
                case TlvType.Status: status = reader.ReadU16(); break;
                case TlvType.Message: message = reader.ReadText(WireLimits.MaxMessageBytes); break;
                default: reader.SkipUnknown(); break;
            }
        }

        reader.RefuseUnknownCritical();
        reader.Require(TlvType.LastStream);
        reader.Require(TlvType.Status);
        if (status > (ushort)StatusCode.Unauthenticated)
        {
            throw new ProtocolException("A GOAWAY's status is above 16.");
        }

        return new GoAway(lastStream, (StatusCode)status, message);
    }
}
