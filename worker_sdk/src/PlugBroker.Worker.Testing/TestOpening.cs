// SPDX-License-Identifier: Apache-2.0
using System;
using PlugBroker.Wire;

namespace PlugBroker.Worker.Testing;

/// <summary>What the broker answers to a worker's HELLO.</summary>
internal static class TestOpening
{
    public static byte[] AcceptingMeta(int maxPayload)
    {
        byte[] meta = new byte[256];
        var tlvs = new TlvWriter(meta);
        tlvs.PutU16(TlvType.Result, (ushort)StatusCode.Ok);
        tlvs.PutU16(TlvType.WireVersion, Opening.WireVersion);
        tlvs.Put(TlvType.InstanceId, WireLimits.InstanceIdBytes);
        tlvs.PutU16(TlvType.WireVersionMin, Opening.WireVersion);
        tlvs.PutU16(TlvType.WireVersionMax, Opening.WireVersion);
        Opening.WriteLimits(
            ref tlvs,
            new HelloOffer(PeerRole.Worker, "") { MaxStreams = WireLimits.MaxConcurrency, MaxPayload = (ulong)maxPayload });
        return meta.AsSpan(0, tlvs.Length).ToArray();
    }
}
