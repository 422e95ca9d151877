// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;

namespace PlugBroker.Wire;

/// <summary>The metadata of a REQUEST; the route is a view of it.</summary>
internal ref struct RequestMeta
{
    /// <summary>No metadata that this library writes is longer.</summary>
    public const int MaxBytes = (9 * WireLimits.TlvHeaderBytes) + WireLimits.MaxRouteBytes + WireLimits.TraceParentBytes
        + WireLimits.MaxContentTypeBytes + WireLimits.MaxIdempotencyKeyBytes + WireLimits.MaxTraceStateBytes
        + WireLimits.MaxCallerSidBytes + WireLimits.MaxCallerAccountBytes + (2 * sizeof(uint)) + AppMetadata.MaxFrameBytes;

    public ReadOnlySpan<byte> Route;
    public string? ContentType;
    public string? TraceParent;
    public string? TraceState;
    public string? IdempotencyKey;
    public string? CallerSid;
    public string? CallerAccount;
    public uint? CallerIntegrity;
    public uint? CallerSession;
    public IReadOnlyList<KeyValuePair<string, string>>? Metadata;

    /// <summary>There is an unknown TLV marked critical: the call ends with unimplemented.</summary>
    public bool HasUnknownCritical;

    /// <summary>
    /// Appends all that is set. A trace parent that is not the W3C's text of version 00 is left out; texts too long are
    /// cut, but an idempotency key, which must be checked before.
    /// </summary>
    public readonly void Write(ref TlvWriter tlvs)
    {
        tlvs.PutBytes(TlvType.Route, Route);
        Span<byte> parent = stackalloc byte[WireLimits.TraceParentBytes];
        if (Wire.TraceParent.TryParse(TraceParent, parent))
        {
            tlvs.PutBytes(TlvType.TraceParent, parent);
        }

        tlvs.PutText(TlvType.ContentType, ContentType, WireLimits.MaxContentTypeBytes);
        tlvs.PutText(TlvType.IdempotencyKey, IdempotencyKey, WireLimits.MaxIdempotencyKeyBytes);
        tlvs.PutText(TlvType.TraceState, TraceState, WireLimits.MaxTraceStateBytes);
        AppMetadata.Write(ref tlvs, Metadata ?? AppMetadata.None);
        tlvs.PutText(TlvType.CallerSid, CallerSid, WireLimits.MaxCallerSidBytes);
        tlvs.PutText(TlvType.CallerAccount, CallerAccount, WireLimits.MaxCallerAccountBytes);
        if (CallerIntegrity is uint integrity)
        {
            tlvs.PutU32(TlvType.CallerIntegrity, integrity);
        }

        if (CallerSession is uint session)
        {
            tlvs.PutU32(TlvType.CallerSession, session);
        }
    }

    /// <exception cref="ProtocolException">The metadata breaks a rule that ends the connection.</exception>
    public static RequestMeta Decode(ReadOnlySpan<byte> metadata)
    {
        var meta = default(RequestMeta);
        List<KeyValuePair<string, string>>? entries = null;
        int entryBytes = 0;
        var reader = new TlvReader(metadata);
        while (reader.Next())
        {
            switch (reader.Type)
            {
                case TlvType.Route:
                    meta.Route = reader.ReadBytes(1, WireLimits.MaxRouteBytes);
                    break;
                case TlvType.ContentType:
                    meta.ContentType = reader.ReadText(WireLimits.MaxContentTypeBytes);
                    break;
                case TlvType.TraceParent:
                    meta.TraceParent = Wire.TraceParent.Format(
                        reader.ReadBytes(WireLimits.TraceParentBytes, WireLimits.TraceParentBytes));
                    break;
                case TlvType.TraceState:
                    meta.TraceState = reader.ReadText(WireLimits.MaxTraceStateBytes);
                    break;
                case TlvType.IdempotencyKey:
                    meta.IdempotencyKey = reader.ReadText(WireLimits.MaxIdempotencyKeyBytes, minLength: 1);
                    break;
                case TlvType.CallerSid:
                    meta.CallerSid = reader.ReadText(WireLimits.MaxCallerSidBytes);
                    break;
                case TlvType.CallerAccount:
                    meta.CallerAccount = reader.ReadText(WireLimits.MaxCallerAccountBytes);
                    break;
                case TlvType.CallerIntegrity:
                    meta.CallerIntegrity = reader.ReadU32();
                    break;
                case TlvType.CallerSession:
                    meta.CallerSession = reader.ReadU32();
                    break;
                case TlvType.AppMetadata:
                    AppMetadata.Read(ref reader, ref entries, ref entryBytes);
                    break;
                default:
                    reader.SkipUnknown();
                    break;
            }
        }

        reader.Require(TlvType.Route);
        meta.Metadata = entries;
        meta.HasUnknownCritical = reader.HasUnknownCritical;
        return meta;
    }
}
