// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Linq;
using PlugBroker.Wire;

namespace PlugBroker.Worker.Tests;

/// <summary>
/// Random frames, mostly sound, some broken: the library reads them or says what is wrong, and never anything else. A
/// round's number is its seed.
/// </summary>
public sealed class RandomStructureTests
{
    private const int Rounds = 3000;

    private static readonly int[] _tlvTypes =
    [
        0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0A, 0x0B, 0x0C, 0x10, 0x11, 0x12, 0x20, 0x21, 0x30, 0x31,
        0x32, 0x33, 0x34, 0x36, 0x40, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x50, 0x60, 0x70, 0x71, 0x7000,
    ];

    private static readonly int[] _lengths = [0, 1, 2, 4, 8, 16, 25, 64, 65, 255, 256, 1024, 1025];

    [Fact]
    public void Frames_and_what_is_wrong_do_not_depend_on_how_the_bytes_were_cut()
    {
        for (int round = 0; round < Rounds; round++)
        {
            var random = new Random(round);
            byte[] bytes = RandomStream(random);
            int[] anywhere = [.. Enumerable.Range(0, 5).Select(_ => random.Next(bytes.Length)).Order()];

            string whole = LibraryReading.Read(bytes, []);

            Assert.True(whole == LibraryReading.Read(bytes, Enumerable.Range(1, bytes.Length - 1)), $"round {round}");
            Assert.True(whole == LibraryReading.Read(bytes, anywhere), $"round {round}");
        }
    }

    [Fact]
    public void Random_metadata_are_read_or_refused_and_what_was_read_is_written_and_read_alike()
    {
        var outcomes = new Dictionary<string, int>();
        for (int round = 0; round < Rounds; round++)
        {
            var random = new Random(round);
            byte[] end = MostlySound(random, [0x40, 0x41, 0x42, 0x43]);
            byte[] request = MostlySound(random, [0x20]);
            byte[] goAway = MostlySound(random, [0x60, 0x40]);

            Count(Outcome(() => CheckEnd(EndMeta.Decode(end))));
            Count(Outcome(() => CheckGoAway(GoAway.Decode(goAway))));
            Count(Outcome(() => CheckRequest(request)));
        }

        Assert.Equal(["read", "refused"], outcomes.Keys.Order());
        Assert.All(outcomes.Values, count => Assert.True(count > Rounds / 4, "one outcome is hardly ever seen"));

        void Count(string outcome) => outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
    }

    [Fact]
    public void A_random_answer_to_HELLO_is_taken_or_refused_or_a_protocol_error()
    {
        var offer = new HelloOffer(PeerRole.Worker, "test");
        int taken = 0;
        for (int round = 0; round < Rounds; round++)
        {
            var random = new Random(round);
            byte[] metadata = random.Next(3) == 0 ? Damaged(random, Bytes.AckMeta()) : [.. Bytes.AckMeta(), .. RandomTlvs(random, 2)];
            Exception? exception = Record.Exception(() => Opening.DecodeHelloAck(metadata, offer));

            Assert.True(exception is null or ProtocolException or RefusedException, $"round {round}: {exception}");
            taken += exception is null ? 1 : 0;
        }

        Assert.InRange(taken, Rounds / 20, Rounds * 19 / 20);
    }

    private static string Outcome(Action read) => Record.Exception(read) switch
    {
        null => "read",
        ProtocolException => "refused",
        var other => other.ToString(),
    };

    private static void CheckEnd(EndMeta end)
    {
        var buffer = new byte[EndMeta.MaxFrameBytes];
        int length = end.Write(buffer, 1);
        EndMeta again = EndMeta.Decode(buffer.AsSpan(WireLimits.HeaderBytes..length));
        Assert.Equal(Described(end), Described(again));

        static string Described(EndMeta end) =>
            $"{end.Status} {end.Retry} {end.Origin} {end.WorkerReceived} {Cut(end.Message)} {Cut(end.ContentType)} "
            + $"{Convert.ToHexString(end.Detail.Span)} {end.RetryAfterMicroseconds} {end.Metadata.Count}";
    }

    private static void CheckGoAway(GoAway goAway)
    {
        var buffer = new byte[2048];
        int length = goAway.Write(buffer);
        GoAway again = GoAway.Decode(buffer.AsSpan(WireLimits.HeaderBytes..length));
        Assert.Equal((goAway.LastStream, goAway.Status, Cut(goAway.Message)), (again.LastStream, again.Status, Cut(again.Message)));
    }

    private static void CheckRequest(byte[] metadata)
    {
        RequestMeta request = RequestMeta.Decode(metadata);
        var buffer = new byte[WireLimits.MaxFrameBytes];
        int length = FrameWriter.WriteRequest(buffer, 1, 1, request, default, FrameFlags.EndStream);
        RequestMeta again = RequestMeta.Decode(buffer.AsSpan(WireLimits.HeaderBytes..length));
        Assert.True(request.Route.SequenceEqual(again.Route));
        Assert.Equal(Cut(request.IdempotencyKey), Cut(again.IdempotencyKey));
        Assert.Equal(request.Metadata?.Count ?? 0, again.Metadata?.Count ?? 0);
    }

    /// <summary>Text as far as it surely is written: what was no UTF-8 becomes longer when it is read, and is cut.</summary>
    private static string Cut(string? text) => text is null ? "" : text[..Math.Min(text.Length, 20)];

    private static byte[] RandomStream(Random random)
    {
        var bytes = new List<byte>();
        for (int count = 1 + random.Next(4); count > 0; count--)
        {
            byte type = (byte)random.Next(random.Next(8) == 0 ? 256 : 14);
            bool onStream = type is 4 or 5 or 6 or 7;
            byte[] payload = new byte[type is 4 or 5 ? random.Next(100) : 0];
            ushort flags = (ushort)(type is 4 or 5 ? random.Next(3) : 0);
            byte[] meta = random.Next(2) == 0 ? MostlySound(random, Required(type)) : RandomTlvs(random, 3);
            byte[] frame = Bytes.Frame(type, onStream ? 1UL : 0, flags, meta: meta, payload: payload);
            bytes.AddRange(random.Next(6) == 0 ? Damaged(random, frame) : frame);
        }

        return [.. bytes.Take(random.Next(6) == 0 ? 1 + random.Next(bytes.Count) : bytes.Count)];
    }

    private static int[] Required(byte type) => type switch
    {
        4 => [0x20],
        6 => [0x40, 0x41, 0x42, 0x43],
        8 => [0x50],
        9 or 10 => [0x70],
        11 => [0x60, 0x40],
        13 => [0x71],
        _ => [],
    };

    private static byte[] MostlySound(Random random, int[] required)
    {
        IEnumerable<byte> bytes = required.SelectMany(type => SoundTlv(random, type));
        byte[] whole = [.. bytes, .. random.Next(2) == 0 ? RandomTlvs(random, 2) : []];
        return random.Next(4) == 0 ? Damaged(random, whole) : whole;
    }

    private static byte[] SoundTlv(Random random, int type) => type switch
    {
        0x20 => Bytes.Text(0x0020, "route"),
        0x40 => Bytes.U16(0x0040, (ushort)random.Next(17)),
        0x41 => Bytes.U8(0x0041, (byte)random.Next(3)),
        0x42 => Bytes.U8(0x0042, (byte)(1 + random.Next(3))),
        0x43 => Bytes.U8(0x0043, (byte)random.Next(2)),
        0x50 => Bytes.U32(0x0050, 1 + (uint)random.Next(int.MaxValue)),
        0x60 or 0x70 => Bytes.U64((ushort)type, (ulong)random.NextInt64()),
        0x71 => Bytes.U8(0x0071, (byte)random.Next(256)),
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    private static byte[] RandomTlvs(Random random, int most)
    {
        var bytes = new List<byte>();
        for (int count = random.Next(most + 1); count > 0; count--)
        {
            int type = _tlvTypes[random.Next(_tlvTypes.Length)] | (random.Next(8) == 0 ? 0x8000 : 0);
            byte[] value = new byte[_lengths[random.Next(_lengths.Length)]];
            random.NextBytes(value);
            if (random.Next(2) == 0)
            {
                Array.Fill(value, (byte)'a');
            }

            bytes.AddRange(Bytes.Tlv((ushort)type, value));
        }

        return [.. bytes];
    }

    private static byte[] Damaged(Random random, byte[] bytes)
    {
        byte[] damaged = [.. bytes];
        for (int change = 1 + random.Next(2); change > 0 && damaged.Length > 0; change--)
        {
            damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
        }

        return damaged;
    }
}
