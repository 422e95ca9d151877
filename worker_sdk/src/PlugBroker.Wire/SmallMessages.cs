// SPDX-License-Identifier: Apache-2.0
using System;

namespace PlugBroker.Wire;

/// <summary>The metadata of the frames that carry one number, or none.</summary>
internal static class SmallMessages
{
    /// <summary>The credit of a WINDOW: 1 to 2,147,483,647.</summary>
    /// <exception cref="ProtocolException">The metadata breaks a rule.</exception>
    public static uint DecodeCredit(ReadOnlySpan<byte> metadata)
    {
        uint credit = 0;
        var reader = new TlvReader(metadata);
        while (reader.Next())
        {
            if (reader.Type == TlvType.Credit)
            {
                credit = reader.ReadU32();
            }
            else
            {
                reader.SkipUnknown();
            }
        }

        reader.RefuseUnknownCritical();
        reader.Require(TlvType.Credit);
        if (credit is 0 or > WireLimits.MaxWindow)
        {
            throw new ProtocolException("A WINDOW's credit is outside 1 to 2,147,483,647.");
        }

        return credit;
    }

    /// <summary>The value of a PING or PONG.</summary>
    /// <exception cref="ProtocolException">The metadata breaks a rule.</exception>
    public static ulong DecodeOpaque(ReadOnlySpan<byte> metadata)
    {
        ulong opaque = 0;
        var reader = new TlvReader(metadata);
        while (reader.Next())
        {
            if (reader.Type == TlvType.Opaque)
            {
                opaque = reader.ReadU64();
            }
            else
            {
                reader.SkipUnknown();
            }
        }

        reader.RefuseUnknownCritical();
        reader.Require(TlvType.Opaque);
        return opaque;
    }

    /// <summary>Checks the metadata of an UNIMPLEMENTED.</summary>
    /// <exception cref="ProtocolException">The metadata breaks a rule.</exception>
    public static void CheckUnimplemented(ReadOnlySpan<byte> metadata)
    {
        var reader = new TlvReader(metadata);
        while (reader.Next())
        {
            if (reader.Type == TlvType.UnknownFrameType)
            {
                reader.ReadU8();
            }
            else
            {
                reader.SkipUnknown();
            }
        }

        reader.RefuseUnknownCritical();
        reader.Require(TlvType.UnknownFrameType);
    }

    /// <summary>Checks the metadata of a frame that needs none (DATA, CANCEL).</summary>
    /// <exception cref="ProtocolException">The metadata breaks a rule.</exception>
    public static void CheckNone(ReadOnlySpan<byte> metadata)
    {
        var reader = new TlvReader(metadata);
        while (reader.Next())
        {
            reader.SkipUnknown();
        }

        reader.RefuseUnknownCritical();
    }
}
