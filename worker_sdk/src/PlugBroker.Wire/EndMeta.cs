// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;

namespace PlugBroker.Wire;

/// <summary>The outcome of a call as END carries it. Unless said otherwise a worker that received the call decided it.</summary>
internal sealed record EndMeta(
    StatusCode Status, string? Message = null, RetryClass Retry = RetryClass.Never, string? ContentType = null)
{
    /// <summary>No END that this library writes is longer.</summary>
    public const int MaxFrameBytes = WireLimits.HeaderBytes + (8 * WireLimits.TlvHeaderBytes) + 13
        + WireLimits.MaxMessageBytes + WireLimits.MaxContentTypeBytes + WireLimits.MaxDetailBytes + AppMetadata.MaxFrameBytes;

    public static EndMeta Ok { get; } = new(StatusCode.Ok);

    public EndOrigin Origin { get; init; } = EndOrigin.Worker;

    /// <summary>A worker may have seen the call.</summary>
    public bool WorkerReceived { get; init; } = true;

    /// <summary>The worker's bytes for the caller's program, at most 2,048.</summary>
    public ReadOnlyMemory<byte> Detail { get; init; }

    /// <summary>When to try again, a hint, at most 24 hours; 0 when there is none.</summary>
    public ulong RetryAfterMicroseconds { get; init; }

    public IReadOnlyList<KeyValuePair<string, string>> Metadata { get; init; } = AppMetadata.None;

    /// <summary>Writes END; returns its length, at most <see cref="MaxFrameBytes"/>.</summary>
    public int Write(Span<byte> to, ulong streamId)
    {
        var tlvs = new TlvWriter(to[WireLimits.HeaderBytes..]);
        tlvs.PutU16(TlvType.Status, (ushort)Status);
        tlvs.PutU8(TlvType.Retry, (byte)Retry);
        tlvs.PutU8(TlvType.Origin, (byte)Origin);
        tlvs.PutU8(TlvType.WorkerReceived, WorkerReceived ? (byte)1 : (byte)0);
        tlvs.PutText(TlvType.Message, Message, WireLimits.MaxMessageBytes);
        tlvs.PutText(TlvType.ContentType, ContentType, WireLimits.MaxContentTypeBytes);
        AppMetadata.Write(ref tlvs, Metadata);
        if (!Detail.IsEmpty)
        {
            tlvs.PutBytes(TlvType.Detail, Detail.Span);
        }

        if (RetryAfterMicroseconds != 0)
        {
            tlvs.PutU64(TlvType.RetryAfter, RetryAfterMicroseconds);
        }

        return FrameWriter.Finish(to, FrameType.End, streamId, tlvs.Length);
    }

    /// <exception cref="ProtocolException">The metadata breaks a rule.</exception>
    public static EndMeta Decode(ReadOnlySpan<byte> metadata)
    {
        ushort status = 0;
        byte retry = 0, origin = 0, received = 0;
        ulong retryAfter = 0;
        string? message = null, contentType = null;
        byte[]? detail = null;
        List<KeyValuePair<string, string>>? entries = null;
        int entryBytes = 0;
        var reader = new TlvReader(metadata);
        while (reader.Next())
        {
            switch (reader.Type)
            {
                case TlvType.Status: status = reader.ReadU16(); break;
                case TlvType.Retry: retry = reader.ReadU8(); break;
                case TlvType.Origin: origin = reader.ReadU8(); break;
                case TlvType.WorkerReceived: received = reader.ReadU8(); break;
                case TlvType.Message: message = reader.ReadText(WireLimits.MaxMessageBytes); break;
                case TlvType.ContentType: contentType = reader.ReadText(WireLimits.MaxContentTypeBytes); break;
                case TlvType.Detail: detail = reader.ReadBytes(0, WireLimits.MaxDetailBytes).ToArray(); break;
                case TlvType.RetryAfter: retryAfter = reader.ReadU64(); break;
                case TlvType.AppMetadata: AppMetadata.Read(ref reader, ref entries, ref entryBytes); break;
                default: reader.SkipUnknown(); break;
            }
        }

        reader.Require(TlvType.Status);
        reader.Require(TlvType.Retry);
        reader.Require(TlvType.Origin);
        reader.Require(TlvType.WorkerReceived);
        if (status > (ushort)StatusCode.Unauthenticated || retry > (byte)RetryClass.AfterBackoff
            || origin is < (byte)EndOrigin.Client or > (byte)EndOrigin.Worker || received > 1
            || retryAfter > WireLimits.MaxRetryAfterMicroseconds)
        {
            throw new ProtocolException("An END has a value outside its range.");
        }

        reader.RefuseUnknownCritical();
        return new EndMeta((StatusCode)status, message, (RetryClass)retry, contentType)
        {
            Origin = (EndOrigin)origin,
            WorkerReceived = received != 0,
            Detail = detail,
            RetryAfterMicroseconds = retryAfter,
            Metadata = entries ?? AppMetadata.None,
        };
    }
}
