// SPDX-License-Identifier: Apache-2.0
using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using PlugBroker.Wire;

namespace PlugBroker.Worker.Channel;

/// <summary>
/// Moves bytes between a channel and a <see cref="WorkerSession"/> until the channel is over. Reading never waits for
/// writing, nor for handlers, but by a few milliseconds; whatever is ready leaves in one write.
/// </summary>
internal sealed class ChannelRunner : IReadingWork
{
    /// <summary>For the write of a last GOAWAY.</summary>
    private static readonly TimeSpan _lastWriteTimeout = TimeSpan.FromSeconds(1);

    /// <summary>For handlers to heed their token once the channel is gone.</summary>
    private static readonly TimeSpan _handlerGrace = TimeSpan.FromSeconds(5);

    private readonly IByteChannel _channel;
    private readonly TimeProvider _time;
    private readonly TextWriter _log;
    private readonly WorkerSession _session;
    private readonly FrameReader _reader = new();
    private readonly byte[] _batch = new byte[WireLimits.MaxWriteBytes];
    private readonly ReadingTurn _turn = new();
    private readonly WriterTurn _writer;
    private readonly TaskCompletionSource<bool> _readingOver = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<bool> _writingOver = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile int _exitCode = WorkerExitCode.Finished;

    /// <param name="channel">Disposed at the end.</param>
    /// <param name="routes">At least one route.</param>
    /// <param name="concurrency">1 to 1,024.</param>
    /// <param name="time">Runs deadlines and the two time-outs of the end.</param>
    /// <param name="log">Gets a line when the end is not an ordinary one.</param>
    /// <param name="report">How handlers' failures are told.</param>
    public ChannelRunner(
        IByteChannel channel, RouteTable routes, int concurrency, TimeProvider time, TextWriter log,
        FailureReport report = default)
    {
        _channel = channel;
        _time = time;
        _log = log;
        _writer = new WriterTurn(_turn, WriteAll);
        _session = new WorkerSession(routes, concurrency, time, _writer.Wake, report, lent: true);
    }

    /// <summary>Serves until the end; returns a <see cref="WorkerExitCode"/>.</summary>
    /// <param name="drain">When it fires, no more calls are taken, and the end is that of those there are.</param>
    public async Task<int> RunAsync(CancellationToken drain = default)
    {
        using CancellationTokenRegistration draining = drain.Register(_session.Drain);
        new ReadingThreads(_turn, this).Start();
        _writer.Wake();
        await Task.WhenAny(_readingOver.Task, _writingOver.Task).ConfigureAwait(false);
        if (_exitCode == WorkerExitCode.ProtocolError)
        {
            await WaitAtMostAsync(_writingOver.Task, _lastWriteTimeout).ConfigureAwait(false);
        }

        _channel.Interrupt();
        await WaitAtMostAsync(_session.AbandonAsync(), _handlerGrace).ConfigureAwait(false);
        _channel.Dispose();
        await WaitAtMostAsync(Task.WhenAll(_readingOver.Task, _writingOver.Task), _lastWriteTimeout).ConfigureAwait(false);
        if (_session.BrokersGoAway is { Complains: true } complaint)
        {
            Report(WorkerExitCode.ProtocolError, $"the broker says that this worker broke the protocol: {complaint.Message}");
        }

        return _exitCode;
    }

    bool IReadingWork.Read()
    {
        try
        {
            int count = _channel.Read(_reader.FreeSpace);
            _writer.Collect();
            if (count != 0)
            {
                _reader.Advance(count);
                DeliverFrames();
                return true;
            }

            AtEndOfFile();
        }
        catch (ProtocolException exception)
        {
            // In this order: the writer may end as soon as it is told.
            Report(WorkerExitCode.ProtocolError, exception.Message);
            _session.Fail(exception.Message);
        }
        catch (RefusedException exception)
        {
            Report(WorkerExitCode.Refused, $"the broker refused this worker: {exception.Message}");
        }
        catch (IOException exception)
        {
            Report(WorkerExitCode.ChannelBroken, $"the channel broke: {exception.Message}");
        }
        catch (OperationCanceledException)
        {
            // The end has begun.
        }

        _readingOver.TrySetResult(true);
        WriterTurn.StopCollecting();
        _writer.WriteCollected();
        _session.RunHandlers();
        return false;
    }

    void IReadingWork.FollowUp(int turn)
    {
        WriterTurn.CollectFor(turn);
        _session.RunHandlers();
        WriterTurn.StopCollecting();
        _writer.WriteCollected();
    }

    void IReadingWork.ReadingMovedOn()
    {
        _session.HandlersAreStuck();
        _writer.WriteCollected();
    }

    private void DeliverFrames()
    {
        while (_reader.TryRead(out Frame frame))
        {
            _session.Receive(frame);
        }
    }

    private void AtEndOfFile()
    {
        if (_reader.InFrame)
        {
            Report(WorkerExitCode.ChannelBroken, "the channel ended in the middle of a frame.");
        }
        else if (!_session.IsOpen)
        {
            Report(WorkerExitCode.ChannelBroken, "the channel ended before the opening was done.");
        }
    }

    /// <summary>By one thread at a time: the session wakes nobody until it has said that there is nothing.</summary>
    private void WriteAll()
    {
        try
        {
            while (_session.FillBatch(_batch) is var count and not 0)
            {
                if (count < 0)
                {
                    _writingOver.TrySetResult(true);
                    return;
                }

                _channel.Write(_batch.AsMemory(0, count));
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // The reader meets the same and reports it.
            _writingOver.TrySetResult(true);
        }
    }

    /// <summary>Waits for the task's end, however it ends, but not longer than that.</summary>
    private async Task WaitAtMostAsync(Task task, TimeSpan limit)
    {
        using var done = new CancellationTokenSource();
        await Task.WhenAny(task, Task.Delay(limit, _time, done.Token)).ConfigureAwait(false);
        await done.CancelAsync().ConfigureAwait(false);
    }

    private void Report(int exitCode, string message)
    {
        _exitCode = exitCode;
        _log.WriteLine($"PlugBroker.Worker: {message}");
    }
}
