// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Linq;
using PlugBroker.Wire;

namespace PlugBroker.Worker.Tests;

/// <summary>The library makes of each vector in tests/conformance what the manifest says.</summary>
public sealed class ConformanceTests
{
    [Fact]
    public void Each_vector_is_read_as_the_manifest_says() => Assert.Empty(
        ConformanceVector.All.Select(vector => Difference(vector, [])).OfType<string>().Take(5));

    [Fact]
    public void Each_vector_is_read_alike_wherever_it_is_cut() => Assert.Empty(
        ConformanceVector.All
            .SelectMany(vector => vector.Splits.Select(split => Difference(vector, [split])))
            .Concat(ConformanceVector.All.Select(vector => Difference(vector, Enumerable.Range(1, Math.Max(vector.Bytes.Length - 1, 0)))))
            .OfType<string>().Take(5));

    [Fact]
    public void What_the_manifest_calls_written_is_written_so()
    {
        int compared = 0;
        foreach (ConformanceVector vector in ConformanceVector.All)
        {
            var reader = new FrameReader();
            vector.Bytes.CopyTo(reader.FreeSpace);
            reader.Advance(vector.Bytes.Length);
            foreach (bool written in vector.Written)
            {
                Assert.True(reader.TryRead(out Frame frame));
                compared += written && IsRewritten(vector.Name, frame) ? 1 : 0;
            }
        }

        Assert.True(compared >= 12, $"only {compared} frames were compared");
    }

    [Fact]
    public void HELLO_and_READY_are_written_as_the_vectors_have_them()
    {
        var buffer = new byte[1024];
        int hello = Opening.WriteHello(buffer, new HelloOffer(PeerRole.Client, "demo")
        {
            LibraryVersion = "1.0", MaxChunk = 65_536, MaxStreams = 256, StreamWindow = 131_072,
            ConnectionWindow = 1_048_576, MaxPayload = 67_108_864,
        });
        Assert.Equal(Bytes("examples/HELLO"), buffer[..hello]);
        int ready = FrameWriter.WriteReady(buffer, ["echo"u8.ToArray(), "text.stats"u8.ToArray()], 4);
        Assert.Equal(Bytes("examples/READY"), buffer[..ready]);

        static byte[] Bytes(string name) => ConformanceVector.All.Single(vector => vector.Name == name).Bytes;
    }

    [Fact]
    public void A_damaged_vector_is_noticed()
    {
        foreach (ConformanceVector vector in ConformanceVector.All.Where(vector => vector.Written.Count > 0))
        {
            byte[] damaged = [.. vector.Bytes];
            damaged[16] ^= 1;  // The stream id.
            Assert.NotEqual(vector.Expected, LibraryReading.Read(damaged, []));
        }
    }

    private static string? Difference(ConformanceVector vector, IEnumerable<int> cuts)
    {
        string found = LibraryReading.Read(vector.Bytes, cuts);
        return found == vector.Expected ? null : $"{vector.Name}\nexpected:\n{vector.Expected}\nread:\n{found}";
    }

    /// <summary>False for the frames that this library does not write.</summary>
    private static bool IsRewritten(string name, Frame frame)
    {
        var buffer = new byte[WireLimits.MaxFrameBytes];
        FrameHeader header = frame.Header;
        int length = header.Type switch
        {
            FrameType.Request => FrameWriter.WriteRequest(
                buffer, header.StreamId, header.DeadlineMicroseconds, RequestMeta.Decode(frame.Meta), frame.Payload, header.Flags),
            FrameType.Data => FrameWriter.WriteData(buffer, header.StreamId, frame.Payload, header.Flags),
            FrameType.End => EndMeta.Decode(frame.Meta).Write(buffer, header.StreamId),
            FrameType.Cancel => FrameWriter.WriteCancel(buffer, header.StreamId),
            FrameType.Window => FrameWriter.WriteWindow(buffer, header.StreamId, SmallMessages.DecodeCredit(frame.Meta)),
            FrameType.Ping => FrameWriter.WritePing(buffer, SmallMessages.DecodeOpaque(frame.Meta)),
            FrameType.Pong => FrameWriter.WritePong(buffer, SmallMessages.DecodeOpaque(frame.Meta)),
            FrameType.GoAway => GoAway.Decode(frame.Meta).Write(buffer),
            FrameType.Unimplemented => FrameWriter.WriteUnimplemented(buffer, header.StreamId, (FrameType)frame.Meta[4]),
            _ => 0,
        };
        if (length == 0)
        {
            return false;
        }

        var expected = new byte[header.FrameLength];
        header.Encode(expected);
        frame.Meta.CopyTo(expected.AsSpan(WireLimits.HeaderBytes));
        frame.Payload.CopyTo(expected.AsSpan(WireLimits.HeaderBytes + header.MetaLength));
        Assert.True(expected.AsSpan().SequenceEqual(buffer.AsSpan(0, length)), name);
        return true;
    }
}
