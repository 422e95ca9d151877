// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using PlugBroker.Wire;
using PlugBroker.Worker.Channel;

namespace PlugBroker.Worker.Testing;

/// <summary>
/// The broker's end of a channel to a <see cref="WorkerSession"/>, without a pipe: frames are handed over from one to the
/// other.
/// </summary>
internal sealed class TestConnection : IDisposable
{
    private readonly object _gate = new();
    private readonly Dictionary<ulong, TestCall> _calls = [];
    private readonly WorkerSession _session;
    private readonly SemaphoreSlim _slots;
    private readonly SemaphoreSlim _writable = new(0);
    private readonly TaskCompletionSource<bool> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int _maxPayload;
    private TaskCompletionSource<bool> _news = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private SendWindow _sendWindow = new(WireLimits.ConnectionWindow);
    private ulong _lastStream;

    public TestConnection(RouteTable routes, WorkerTestOptions options)
    {
        WorkerOptions worker = options.Worker;
        _maxPayload = options.MaxPayload;
        _slots = new SemaphoreSlim(worker.Concurrency);
        _session = new WorkerSession(
            routes, worker.Concurrency, options.Time, () => _writable.Release(),
            new FailureReport(worker.IncludeStackTrace, worker.HandlerFailed));
        Pump = Task.Run(PumpAsync);
    }

    /// <summary>Ends when the worker has closed the channel; fails when it broke the protocol.</summary>
    public Task Pump { get; }

    /// <summary>Begins a call as soon as the worker has a free place for it.</summary>
    public async Task<TestCall> BeginAsync(
        string route, ReadOnlyMemory<byte>? message, TestCallOptions options, CancellationToken cancellationToken)
    {
        await Task.WhenAny(_ready.Task, Pump).ConfigureAwait(false);
        await _slots.WaitAsync(cancellationToken).ConfigureAwait(false);
        TestCall call;
        lock (_gate)
        {
            call = new TestCall(++_lastStream, takesOneMessage: message is not null);
            _calls.Add(call.Id, call);
            bool waits = message is null || message.Value.Length > WireLimits.MinChunkBytes
                || _sendWindow.PayloadRoom < WireLimits.MinChunkBytes * 16;
            SendRequest(call, route, options, waits ? default : message!.Value, waits);
        }

        return call;
    }

    /// <summary>Sends a whole message, as far as the worker's credit reaches now, then waits for more of it.</summary>
    public async Task SendAsync(TestCall call, ReadOnlyMemory<byte> message, bool last, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task<bool>? news = TrySend(call, ref message, last, out bool done);
            if (done)
            {
                return;
            }

            if (news is not null)
            {
                await WaitAsync(news, call, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    public void HalfClose(TestCall call)
    {
        lock (_gate)
        {
            if (!call.HalfClosed && !call.Ended.IsCompleted)
            {
                call.HalfClosed = true;
                SendData(call, default, FrameFlags.NoMessage | FrameFlags.EndStream);
            }
        }
    }

    /// <summary>The call ends so at once for its caller; the worker is told to give up.</summary>
    public void GiveUp(TestCall call, StatusCode status, string message)
    {
        lock (_gate)
        {
            if (!call.Ended.IsCompleted)
            {
                call.End(new EndMeta(status, message) { Origin = EndOrigin.Broker });
                _session.Receive(new Frame(new FrameHeader(FrameType.Cancel, FrameFlags.None, 0, 0, call.Id, 0), default, default));
                Tell();
            }
        }
    }

    /// <summary>The next message of the reply; null at its end.</summary>
    public async Task<byte[]?> ReadAsync(TestCall call, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task news;
            lock (_gate)
            {
                byte[]? message = call.Next(out int charge);
                GrantStream(call.Id, charge);
                if (message is not null)
                {
                    return message;
                }

                if (call.Ended.IsCompleted)
                {
                    return null;
                }

                news = _news.Task;
            }

            await WaitAsync(news, call, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The channel breaks: the handlers' tokens fire. Ends when they have returned.</summary>
    public Task BreakAsync()
    {
        Task handlers = _session.AbandonAsync();
        _writable.Release();
        return handlers;
    }

    public void Dispose()
    {
        _slots.Dispose();
        _writable.Dispose();
    }

    private static async Task WaitAsync(Task news, TestCall call, CancellationToken cancellationToken)
    {
        var cancelled = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        using (cancellationToken.Register(static state => ((TaskCompletionSource<bool>)state!).TrySetCanceled(), cancelled))
        {
            await await Task.WhenAny(news, call.Ended, cancelled.Task).ConfigureAwait(false);
        }
    }

    /// <summary>Sends what the credit allows; null and not done when the next part can be tried at once.</summary>
    private Task<bool>? TrySend(TestCall call, ref ReadOnlyMemory<byte> message, bool last, out bool done)
    {
        lock (_gate)
        {
            done = call.Ended.IsCompleted;
            int room = Math.Min(
                Math.Min(call.SendWindow.PayloadRoom, _sendWindow.PayloadRoom), WireLimits.MaxChunkBytes);
            if (done || room < Math.Min(1, message.Length))
            {
                return _news.Task;
            }

            int length = Math.Min(room, message.Length);
            done = length == message.Length;
            call.HalfClosed = done && last;
            FrameFlags flags = !done ? FrameFlags.More : last ? FrameFlags.EndStream : FrameFlags.None;
            SendData(call, message.Span[..length], flags);
            message = message[length..];
            return null;
        }
    }

    private void SendRequest(TestCall call, string route, TestCallOptions options, ReadOnlyMemory<byte> message, bool waits)
    {
        byte[] meta = new byte[RequestMeta.MaxBytes];
        var tlvs = new TlvWriter(meta);
        new RequestMeta
        {
            Route = System.Text.Encoding.UTF8.GetBytes(route),
            ContentType = options.ContentType,
            TraceParent = options.TraceParent,
            TraceState = options.TraceState,
            IdempotencyKey = options.IdempotencyKey,
            CallerSid = options.Caller?.Sid,
            CallerAccount = options.Caller?.AccountName,
            CallerIntegrity = (uint?)options.Caller?.Integrity,
            CallerSession = (uint?)options.Caller?.SessionId,
            Metadata = options.Metadata,
        }.Write(ref tlvs);
        FrameFlags flags = waits ? FrameFlags.NoMessage : FrameFlags.EndStream;
        call.HalfClosed = !waits;
        ulong deadline = (ulong)Math.Max(1, options.Deadline.Ticks / 10);
        var header = new FrameHeader(FrameType.Request, flags, tlvs.Length, message.Length, call.Id, deadline);
        Spend(call, header.Charge);
        _session.Receive(new Frame(header, meta.AsSpan(0, tlvs.Length), message.Span));
    }

    private void SendData(TestCall call, ReadOnlySpan<byte> payload, FrameFlags flags)
    {
        var header = new FrameHeader(FrameType.Data, flags, 0, payload.Length, call.Id, 0);
        Spend(call, header.Charge);
        _session.Receive(new Frame(header, default, payload));
    }

    private void Spend(TestCall call, int charge)
    {
        call.SendWindow.Spend(charge);
        _sendWindow.Spend(charge);
    }

    private void GrantStream(ulong stream, int credit)
    {
        if (credit != 0)
        {
            byte[] frame = new byte[WireLimits.HeaderBytes + 8];
            int length = FrameWriter.WriteWindow(frame, stream, (uint)credit);
            _session.Receive(new Frame(FrameHeader.Decode(frame), frame.AsSpan(WireLimits.HeaderBytes, length - WireLimits.HeaderBytes), default));
        }
    }

    private async Task PumpAsync()
    {
        byte[] batch = new byte[WireLimits.MaxWriteBytes];
        var reader = new FrameReader();
        while (_session.FillBatch(batch) is var count and >= 0)
        {
            if (count == 0)
            {
                await _writable.WaitAsync().ConfigureAwait(false);
                continue;
            }

            for (int at = 0; at < count;)
            {
                Memory<byte> free = reader.FreeSpace;
                int length = Math.Min(free.Length, count - at);
                batch.AsSpan(at, length).CopyTo(free.Span);
                reader.Advance(length);
                at += length;
                TakeFrames(reader);
            }
        }
    }

    private void TakeFrames(FrameReader reader)
    {
        while (reader.TryRead(out Frame frame))
        {
            lock (_gate)
            {
                Take(frame);
                Tell();
            }
        }
    }

    private void Take(in Frame frame)
    {
        FrameHeader header = frame.Header;
        _ = _calls.TryGetValue(header.StreamId, out TestCall? call);
        switch (header.Type)
        {
            case FrameType.Hello:
                byte[] ack = TestOpening.AcceptingMeta(_maxPayload);
                _session.Receive(new Frame(new FrameHeader(FrameType.HelloAck, FrameFlags.None, ack.Length, 0, 0, 0), ack, default));
                break;
            case FrameType.Ready:
                _ready.TrySetResult(true);
                break;
            case FrameType.Window when header.StreamId == 0:
                _sendWindow.Add(SmallMessages.DecodeCredit(frame.Meta));
                break;
            case FrameType.Window:
                call?.SendWindow.Add(SmallMessages.DecodeCredit(frame.Meta));
                break;
            case FrameType.Data:
                GrantStream(0, header.Charge);
                GrantStream(header.StreamId, call!.Take(frame));
                if (call.TakesOneMessage && call.WaitingMessages > 1)
                {
                    GiveUp(call, StatusCode.Unimplemented, "The route answers with a stream.");
                }

                break;
            case FrameType.End:
                call!.End(EndMeta.Decode(frame.Meta));
                _calls.Remove(call.Id);
                _slots.Release();
                break;
            default:
                break;
        }
    }

    private void Tell()
    {
        TaskCompletionSource<bool> news = _news;
        _news = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        news.TrySetResult(true);
    }
}
