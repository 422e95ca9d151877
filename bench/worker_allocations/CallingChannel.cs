// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers.Binary;
using System.Threading;
using PlugBroker.Wire;
using PlugBroker.Worker;
using PlugBroker.Worker.Channel;

namespace WorkerAllocations;

/// <summary>A broker's end that opens, calls one after another, and counts what is allocated between two reads.</summary>
internal sealed class CallingChannel : IByteChannel
{
    private const int WarmUpCalls = 2000;
    private const int Calls = 2000;

    /// <summary>Calls that were counted on one thread; another may take the reading over, and then that call says nothing.</summary>
    private readonly long[] _counts = new long[Calls];
    private readonly SemaphoreSlim _answered = new(0);
    private readonly byte[] _request;
    private readonly uint _credit;
    private int _call = -1;
    private int _counted;
    private long _allocated;
    private int _thread;

    /// <param name="payload">Bytes of each request.</param>
    /// <param name="replied">Bytes of each reply; 0 when there is no DATA.</param>
    public CallingChannel(int payload, int replied)
    {
        _credit = replied == 0 ? 0U : (uint)(replied + WireLimits.FrameCharge);
        byte[] meta = new byte[64];
        var tlvs = new TlvWriter(meta);
        new RequestMeta { Route = "echo"u8 }.Write(ref tlvs);
        var header = new FrameHeader(FrameType.Request, FrameFlags.EndStream, tlvs.Length, payload, 1, 30_000_000);
        _request = new byte[WireLimits.HeaderBytes + tlvs.Length + payload];
        header.Encode(_request);
        meta.AsSpan(0, tlvs.Length).CopyTo(_request.AsSpan(WireLimits.HeaderBytes));
    }

    /// <summary>The median, as some calls meet a buffer that grows.</summary>
    public long BytesPerCall
    {
        get
        {
            Array.Sort(_counts, 0, _counted);
            return _counted > Calls / 2 ? _counts[_counted / 2] : throw new InvalidOperationException("too few were counted");
        }
    }

    public int Read(Memory<byte> buffer)
    {
        if (_call > 0)
        {
            _answered.Wait();
        }

        Note();
        if (_call < 0)
        {
            _call = 0;
            return WriteAcknowledgement(buffer.Span);
        }

        if (_call == WarmUpCalls + Calls)
        {
            return 0;
        }

        _call++;
        BinaryPrimitives.WriteUInt64LittleEndian(_request.AsSpan(16), (ulong)_call);
        _request.CopyTo(buffer);
        int length = _request.Length;
        if (_credit != 0)
        {
            length += FrameWriter.WriteWindow(buffer.Span[length..], 0, _credit);
        }

        _allocated = GC.GetAllocatedBytesForCurrentThread();
        _thread = Environment.CurrentManagedThreadId;
        return length;
    }

    public void Write(ReadOnlyMemory<byte> bytes)
    {
        for (ReadOnlySpan<byte> rest = bytes.Span; !rest.IsEmpty;)
        {
            FrameHeader header = FrameHeader.Decode(rest);
            if (header.Type == FrameType.End)
            {
                _answered.Release();
            }

            rest = rest[header.FrameLength..];
        }
    }

    public void Interrupt()
    {
    }

    public void Dispose() => _answered.Dispose();

    private static int WriteAcknowledgement(Span<byte> to)
    {
        var tlvs = new TlvWriter(to[WireLimits.HeaderBytes..]);
        tlvs.PutU16(TlvType.Result, (ushort)StatusCode.Ok);
        tlvs.PutU16(TlvType.WireVersion, Opening.WireVersion);
        tlvs.Put(TlvType.InstanceId, WireLimits.InstanceIdBytes);
        tlvs.PutU16(TlvType.WireVersionMin, Opening.WireVersion);
        tlvs.PutU16(TlvType.WireVersionMax, Opening.WireVersion);
        tlvs.PutU32(TlvType.MaxChunk, WireLimits.MaxChunkBytes);
        tlvs.PutU32(TlvType.MaxStreams, WireLimits.MaxConcurrency);
        tlvs.PutU32(TlvType.StreamWindow, WireLimits.StreamWindow);
        tlvs.PutU32(TlvType.ConnectionWindow, WireLimits.ConnectionWindow);
        tlvs.PutU64(TlvType.MaxPayload, WireLimits.MaxPayloadBytes);
        new FrameHeader(FrameType.HelloAck, FrameFlags.None, tlvs.Length, 0, 0, 0).Encode(to);
        return WireLimits.HeaderBytes + tlvs.Length;
    }

    private void Note()
    {
        if (_call > WarmUpCalls && _thread == Environment.CurrentManagedThreadId)
        {
            _counts[_counted++] = GC.GetAllocatedBytesForCurrentThread() - _allocated;
        }
    }
}
