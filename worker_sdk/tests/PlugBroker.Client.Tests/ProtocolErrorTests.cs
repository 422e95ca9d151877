// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using PlugBroker.Client.Core;
using PlugBroker.Wire;

namespace PlugBroker.Client.Tests;

public sealed class ProtocolErrorTests
{
    public static TheoryData<string, byte[]> Wrong => new()
    {
        { "Data for a stream that was never opened", Frames.Data(9, "x") },
        { "End for a stream that was never opened", Frames.End(9, EndMeta.Ok) },
        { "Window for a stream that was never opened", Frames.Window(9, 1) },
        { "Request is not the service's to send", Request(2) },
        { "Cancel is not the service's to send", Frames.Raw(FrameType.Cancel, 1) },
        { "DATA of a reply with END_STREAM", Frames.Data(1, "x", FrameFlags.EndStream) },
        { "DATA of a reply with END_STREAM", Frames.Data(1, "", FrameFlags.EndStream | FrameFlags.NoMessage) },
        { "END(ok) in the middle of a reply", [.. Frames.Data(1, "x", FrameFlags.More), .. Frames.End(1, EndMeta.Ok)] },
        { "The peer granted more than 2,147,483,647 bytes of credit.", Frames.Window(0, int.MaxValue) },
        { "The peer granted more than 2,147,483,647 bytes of credit.", Frames.Window(1, int.MaxValue) },
        { "The metadata lacks Status.", Frames.Raw(FrameType.End, 1) },
        { "a frame of unknown type for a stream that was never opened", Frames.Raw((FrameType)99, 9) },
        { "the frame does not begin with the magic number", new byte[32] },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task AServiceThatBreaksARuleIsToldAndLeft(string words, byte[] frames)
    {
        await using var broker = new FakeBroker();
        Task<Reply> call = broker.Client.CallAsync("a", "x");
        BrokerConnection connection = await broker.OpenAsync();
        await connection.ExpectAsync(FrameType.Request);
        await connection.SendAsync(frames);

        PlugBrokerException failure = await Assert.ThrowsAsync<PlugBrokerException>(() => call.Guarded());
        WireFrame goAway = await connection.ExpectAsync(FrameType.GoAway);
        await connection.WaitForEndAsync();

        Assert.Equal((StatusCode.Unavailable, $"the service broke the protocol: {words}"), (failure.Status, failure.Message));
        Assert.True(failure.WorkerReceived);
        Assert.Equal(words, GoAway.Decode(goAway.Meta).Message);
    }

    [Fact]
    public async Task PingsAreAnsweredAndUnknownFramesAreNot()
    {
        await using var broker = new FakeBroker();
        Task<Reply> call = broker.Client.CallAsync("a", "x");
        BrokerConnection connection = await broker.OpenAsync();
        await connection.ExpectAsync(FrameType.Request);
        byte[] ping = new byte[64];
        int length = FrameWriter.WritePing(ping, 77);
        await connection.SendAsync(ping[..length], Frames.Raw((FrameType)99, 1, null, [1, 2, 3]));
        WireFrame pong = await connection.ExpectAsync(FrameType.Pong);
        WireFrame unimplemented = await connection.ExpectAsync(FrameType.Unimplemented);
        await connection.SendAsync(Frames.End(1, EndMeta.Ok));

        await call.Guarded();
        Assert.Equal(77UL, SmallMessages.DecodeOpaque(pong.Meta));
        Assert.Equal(1UL, unimplemented.Header.StreamId);
    }

    [Fact]
    public async Task AServiceThatPingsButDoesNotReadIsLeft()
    {
        await using var broker = new FakeBroker();
        Task<Reply> call = broker.Client.CallAsync("a", "x");
        BrokerConnection connection = await broker.OpenAsync();
        await connection.ExpectAsync(FrameType.Request);
        byte[] ping = new byte[64];
        byte[] one = ping[..FrameWriter.WritePing(ping, 1)];
        byte[] many = [.. Enumerable.Repeat(one, 1000).SelectMany(frame => frame)];
        while (!call.IsCompleted)
        {
            await connection.SendAsync(many);
        }

        PlugBrokerException failure = await Assert.ThrowsAsync<PlugBrokerException>(() => call.Guarded());

        Assert.Equal((StatusCode.Unavailable, "the service has stopped reading"), (failure.Status, failure.Message));
    }

    /// <summary>Random sequences of frames, some of them broken: every call ends, exactly once, and nothing else is thrown.</summary>
    [Fact]
    public void WhateverComesEveryCallEndsOnce()
    {
        for (int seed = 0; seed < 2_000; seed++)
        {
            var random = new Random(seed);
            var session = new ClientSession(new HelloOffer(PeerRole.Client, "t"), random);
            var ends = new Dictionary<ClientCall, int>();
            TimeSpan now = TimeSpan.FromSeconds(1);
            for (int at = 0; at < 4; at++)
            {
                ClientCall call = NewCall(random, now);
                ends[call] = 0;
                session.Submit(call, now);
            }

            Assert.True(session.ConnectDue(now));
            session.ConnectBegun();
            SessionLink link = session.Connected(now);
            byte[] batch = new byte[WireLimits.MaxWriteBytes];
            Feed(session, link, Frames.HelloAck(), now);
            for (int step = 0; step < 30; step++)
            {
                now += TimeSpan.FromMilliseconds(1);
                session.Produce(link, batch, now);
                Feed(session, link, Scrambled(random), now);
                Count(session, ends, now);
                session.OnTime(now);
            }

            session.OnTime(now + TimeSpan.FromHours(1));
            Count(session, ends, now);

            Assert.All(ends, call => Assert.Equal(1, call.Value));
        }
    }

    private static ClientCall NewCall(Random random, TimeSpan now)
    {
        bool unary = random.Next(2) == 0;
        return new ClientCall(
            unary ? CallKind.Unary : CallKind.Stream, new CallHead("r"u8.ToArray()),
            unary ? new OutgoingRequest(new byte[random.Next(100_000)]) : new OutgoingRequest(), now + TimeSpan.FromSeconds(30))
        {
            Retries = random.Next(3),
        };
    }

    private static void Count(ClientSession session, Dictionary<ClientCall, int> ends, TimeSpan now)
    {
        while (session.NextChanged() is { } call)
        {
            ends[call] += call.Ended ? 1 : 0;
            if (call.Kind == CallKind.Stream && call.Reply.HasMessage)
            {
                session.TakeMessage(call, now);
            }
        }
    }

    private static void Feed(ClientSession session, SessionLink link, ReadOnlyMemory<byte> bytes, TimeSpan now)
    {
        while (!bytes.IsEmpty)
        {
            Memory<byte> space = link.Connection.ReadSpace;
            int count = Math.Min(space.Length, bytes.Length);
            bytes[..count].CopyTo(space);
            session.Received(link, count, now);
            bytes = bytes[count..];
        }
    }

    private static byte[] Scrambled(Random random)
    {
        ulong stream = (ulong)random.Next(1, 5);
        byte[] frame = random.Next(9) switch
        {
            0 => Frames.Data(stream, new byte[random.Next(2_000)]),
            1 => Frames.Data(stream, new byte[random.Next(60_000)], FrameFlags.More),
            2 => Frames.End(stream, EndMeta.Ok),
            3 => Frames.End(stream, StatusCode.Unavailable, "x", RetryClass.Safe),
            4 => Frames.Window(stream, (uint)random.Next(1, 100_000)),
            5 => Frames.Window(0, (uint)random.Next(1, 100_000)),
            6 => Frames.GoAway((ulong)random.Next(0, 4)),
            7 => Frames.Raw((FrameType)random.Next(14, 256), stream),
            _ => Frames.Data(stream, "m"),
        };
        if (random.Next(20) == 0)
        {
            frame[random.Next(frame.Length)] ^= (byte)(1 << random.Next(8));
        }

        return frame;
    }

    private static byte[] Request(ulong stream)
    {
        byte[] frame = new byte[256];
        int length = FrameWriter.WriteRequest(
            frame, stream, 1, new RequestMeta { Route = "a"u8 }, default, FrameFlags.EndStream);
        return frame[..length];
    }
}
