// SPDX-License-Identifier: Apache-2.0
namespace PlugBroker.Wire;

/// <summary>Every fixed bound of the wire, in bytes unless the name says otherwise (docs/PROTOCOL.md).</summary>
internal static class WireLimits
{
    public const int HeaderBytes = 32;
    public const int TlvHeaderBytes = 4;
    public const int MaxMetaBytes = 8 * 1024;
    public const int MaxHelloMetaBytes = 4 * 1024;
    public const int MaxChunkBytes = 64 * 1024;
    public const int MinChunkBytes = 4 * 1024;
    public const int MaxFrameBytes = HeaderBytes + MaxMetaBytes + MaxChunkBytes;

    /// <summary>What a REQUEST or DATA costs beside its payload.</summary>
    public const int FrameCharge = 32;

    public const int StreamWindow = 128 * 1024;
    public const int ConnectionWindow = 1024 * 1024;

    /// <summary>The most that an adaptive stream window grows to.</summary>
    public const int MaxStreamWindow = 1024 * 1024;

    /// <summary>What all stream windows of one connection grow together at most.</summary>
    public const int WindowGrowth = 4 * 1024 * 1024;

    /// <summary>The smallest initial credit: one smallest chunk.</summary>
    public const int MinWindow = MinChunkBytes + FrameCharge;

    public const int MaxWindow = int.MaxValue;

    /// <summary>The largest message by default, inclusive.</summary>
    public const int MaxPayloadBytes = 64 * 1024 * 1024;

    /// <summary>The most that a service can be configured to let a message have.</summary>
    public const int LargestPayloadBytes = 1024 * 1024 * 1024;

    public const ulong MaxDeadlineMicroseconds = 86_400_000_000;
    public const ulong MaxRetryAfterMicroseconds = 86_400_000_000;

    public const int MaxRouteBytes = 255;
    public const int MaxRoutes = 256;

    /// <summary>What the routes may take of a READY's metadata, beside its concurrency.</summary>
    public const int MaxReadyRouteBytes = MaxMetaBytes - TlvHeaderBytes - 4;

    public const int MaxConcurrency = 1024;

    /// <summary>Streams open at once that a client takes unless it says otherwise.</summary>
    public const int MaxStreams = 256;

    public const int MaxMessageBytes = 1024;
    public const int MaxContentTypeBytes = 255;
    public const int MaxDetailBytes = 2048;
    public const int MaxIdempotencyKeyBytes = 64;
    public const int MaxTraceStateBytes = 512;
    public const int MaxCallerSidBytes = 184;
    public const int MaxCallerAccountBytes = 512;
    public const int MaxMetadataEntries = 32;

    /// <summary>All keys and values of a frame.</summary>
    public const int MaxMetadataBytes = 4096;

    public const int MaxMetadataKeyBytes = 64;
    public const int MaxMetadataValueBytes = 1024;
    public const int MaxLibraryNameBytes = 64;
    public const int MaxLibraryVersionBytes = 32;
    public const int TraceParentBytes = 25;
    public const int InstanceIdBytes = 16;

    /// <summary>Control frames waiting for a peer that does not read; more closes the channel.</summary>
    public const int MaxQueuedControlBytes = 64 * 1024;

    /// <summary>One write.</summary>
    public const int MaxWriteBytes = 256 * 1024;
}
