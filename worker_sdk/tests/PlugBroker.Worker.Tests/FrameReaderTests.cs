// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Linq;
using PlugBroker.Wire;

namespace PlugBroker.Worker.Tests;

public sealed class FrameReaderTests
{
    private static readonly byte[] _stream = Bytes.Join(
        Bytes.PingFrame(1),
        Bytes.RequestFrame(1, "echo", new byte[65_536], Bytes.More),
        Bytes.Frame(Bytes.Data, 1, Bytes.EndStream, payload: [1, 2, 3]),
        Bytes.Frame(14, 3, meta: new byte[8192], payload: new byte[65_536]),
        Bytes.CancelFrame(1));

    public static TheoryData<int> Cuts => [1, 7, 31, 32, 33, 4096, 65_536, 1_000_000];

    [Theory]
    [MemberData(nameof(Cuts))]
    public void The_frames_do_not_depend_on_how_the_bytes_were_cut(int cut)
    {
        List<string> frames = ReadAll(_stream, cut, out string? error);

        Assert.Equal(ReadAll(_stream, _stream.Length, out _), frames);
        Assert.Equal(5, frames.Count);
        Assert.Null(error);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(1_000_000)]
    public void Frames_before_garbage_are_read_and_none_after_it(int cut)
    {
        byte[] bytes = Bytes.Join(Bytes.PingFrame(1), Bytes.PingFrame(2), new byte[32], Bytes.PingFrame(3));

        List<string> frames = ReadAll(bytes, cut, out string? error);

        Assert.Equal(2, frames.Count);
        Assert.Equal("the frame does not begin with the magic number", error);
    }

    [Fact]
    public void A_bad_header_is_refused_before_any_byte_after_it_has_come()
    {
        byte[] header = Bytes.Frame(Bytes.Data, 1);
        header[11] = 0x7F;  // A payload of two gigabytes.

        ReadAll(header, 32, out string? error);

        Assert.Equal("the payload is longer than the largest chunk", error);
    }

    [Fact]
    public void Thirty_one_bytes_of_anything_are_not_judged()
    {
        Assert.Empty(ReadAll(new byte[31], 31, out string? error));
        Assert.Null(error);
    }

    [Fact]
    public void The_reader_knows_whether_it_is_in_the_middle_of_a_frame()
    {
        var reader = new FrameReader();
        byte[] ping = Bytes.PingFrame(1);
        Feed(reader, ping);
        Assert.True(reader.TryRead(out _));
        Assert.False(reader.InFrame);

        Feed(reader, ping[..5]);

        Assert.False(reader.TryRead(out _));
        Assert.True(reader.InFrame);
    }

    [Fact]
    public void Random_bytes_are_frames_or_the_one_error_whole_and_byte_by_byte_alike()
    {
        var random = new Random(20_240_601);
        for (int round = 0; round < 2000; round++)
        {
            byte[] bytes = Mutate(random);

            List<string> whole = ReadAll(bytes, bytes.Length, out string? wholeError);
            List<string> single = ReadAll(bytes, 1, out string? singleError);

            Assert.Equal(whole, single);
            Assert.Equal(wholeError, singleError);
        }
    }

    private static byte[] Mutate(Random random)
    {
        byte[] bytes = Bytes.Join(
            Bytes.PingFrame(1), Bytes.RequestFrame(1, "echo", [1, 2, 3]), Bytes.WindowFrame(1, 5), Bytes.CancelFrame(1));
        for (int change = random.Next(4); change > 0; change--)
        {
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        }

        return bytes[..random.Next(1, bytes.Length + 1)];
    }

    private static void Feed(FrameReader reader, byte[] bytes)
    {
        bytes.CopyTo(reader.FreeSpace);
        reader.Advance(bytes.Length);
    }

    private static List<string> ReadAll(byte[] bytes, int cut, out string? error)
    {
        var frames = new List<string>();
        var reader = new FrameReader();
        error = null;
        try
        {
            for (int at = 0; at < bytes.Length;)
            {
                Memory<byte> space = reader.FreeSpace;
                int count = Math.Min(Math.Min(cut, bytes.Length - at), space.Length);
                Assert.NotEqual(0, count);
                bytes.AsSpan(at, count).CopyTo(space.Span);
                reader.Advance(count);
                at += count;
                while (reader.TryRead(out Frame frame))
                {
                    frames.Add($"{frame.Header} {Convert.ToHexString(frame.Meta)} {Sum(frame.Payload)}");
                }
            }
        }
        catch (ProtocolException exception)
        {
            error = exception.Message;
        }

        return frames;
    }

    private static int Sum(ReadOnlySpan<byte> bytes) => bytes.ToArray().Sum(value => value);
}
