// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading.Tasks;

namespace PlugBroker.Worker.Tests;

/// <summary>Handlers whose own objects throw when the library looks at them. Each spoils its own call and no other.</summary>
public sealed class HostileHandlerTests
{
    [Fact]
    public async Task An_exception_whose_message_throws_ends_its_call()
    {
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(
            routes => routes.Map("throw", (_, _) => ValueTask.FromException<Reply>(new UnreadableException())));

        CallResult result = await broker.CallAsync(1, "throw");

        Assert.Equal(StatusCode.Internal, result.Status);
        Assert.Equal($"{typeof(UnreadableException).FullName} (its message can't be read)", result.End.Text(0x0044));
    }

    [Fact]
    public async Task A_reply_in_memory_that_cannot_be_read_fails_its_call_alone()
    {
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(
            routes => routes
                .Map("gone", (_, _) => ValueTask.FromResult(Reply.Bytes(new DisposedMemory().Memory)))
                .Map("echo", request => Reply.Bytes(request.Payload)));

        CallResult gone = await broker.CallAsync(1, "gone");
        CallResult next = await broker.CallAsync(2, "echo", [7]);

        Assert.Equal(StatusCode.Internal, gone.Status);
        Assert.StartsWith("The reply can't be read: System.ObjectDisposedException", gone.End.Text(0x0044), StringComparison.Ordinal);
        Assert.Equal([7], next.Payload);
    }

    [Fact]
    public async Task A_message_of_a_stream_that_cannot_be_read_fails_its_call_alone()
    {
        static async IAsyncEnumerable<ReadOnlyMemory<byte>> GoneAsync()
        {
            yield return new byte[] { 1 };
            await Task.Yield();
            yield return new DisposedMemory().Memory;
        }

        await using BrokerEnd broker = await BrokerEnd.OpenAsync(
            routes => routes
                .MapServerStream("gone", (_, _) => GoneAsync())
                .Map("echo", request => Reply.Bytes(request.Payload)));

        await broker.SendAsync(Bytes.RequestFrame(1, "gone"));
        CallResult gone = await broker.ReadResultAsync(1);
        CallResult next = await broker.CallAsync(2, "echo", [7]);

        Assert.Equal(StatusCode.Internal, gone.Status);
        Assert.Equal([7], next.Payload);
    }

    [Fact]
    public async Task A_listener_of_activities_that_throws_spoils_no_call()
    {
        byte[] trace = [.. Convert.FromHexString("7d0c1a2b3c4d5e6f708192a3b4c5d6e7"), 1, 2, 3, 4, 5, 6, 7, 8, 1];
        string traceId = Convert.ToHexString(trace, 0, 16);
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "PlugBroker.Worker",
            Sample = (ref ActivityCreationOptions<ActivityContext> options) =>
                string.Equals(options.Parent.TraceId.ToHexString(), traceId, StringComparison.OrdinalIgnoreCase)
                    ? throw new InvalidOperationException("a listener")
                    : ActivitySamplingResult.None,
        };
        ActivitySource.AddActivityListener(listener);
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(
            routes => routes.Map("echo", request => Reply.Bytes(request.Payload)));

        await broker.SendAsync(Bytes.RequestFrame(1, "echo", [7], moreMeta: Bytes.Tlv(0x0030, trace)));

        Assert.Equal([7], (await broker.ReadResultAsync(1)).Payload);
    }

    private sealed class UnreadableException : Exception
    {
        public override string Message => throw new InvalidOperationException("no message");

        public override string ToString() => throw new InvalidOperationException("no text");
    }

    /// <summary>100,000 bytes that belong to somebody else again: too long to be copied before they are written.</summary>
    private sealed class DisposedMemory : MemoryManager<byte>
    {
        public override Memory<byte> Memory => CreateMemory(100_000);

        public override Span<byte> GetSpan() => throw new ObjectDisposedException("memory");

        public override MemoryHandle Pin(int elementIndex = 0) => throw new ObjectDisposedException("memory");

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
