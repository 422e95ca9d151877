// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Collections.Concurrent;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using PlugBroker.Client.Core;
using PlugBroker.Client.Pipe;
using PlugBroker.Wire;

namespace PlugBroker.Client.Tests;

/// <summary>Plays the service in this process: hands out pipes in memory, or the failures that a test gives it.</summary>
internal sealed class FakeBroker : IPipeConnector, IAsyncDisposable
{
    private readonly Channel<BrokerConnection> _accepted = Channel.CreateUnbounded<BrokerConnection>();
    private readonly ConcurrentQueue<ConnectFailure> _failures = new();
    private int _attempts;

    public FakeBroker(Action<ClientOptions>? configure = null)
    {
        var options = new ClientOptions
        {
            Log = (level, text) =>
            {
                lock (Log)
                {
                    Log.Add($"{level}: {text}");
                }
            },
        };
        configure?.Invoke(options);
        Client = new PlugBrokerClient(options, this, Time, new Random(1));
    }

    public ManualTime Time { get; } = new();

    public PlugBrokerClient Client { get; }

    public List<string> Log { get; } = [];

    /// <summary>Attempts to connect so far.</summary>
    public int Attempts => Volatile.Read(ref _attempts);

    /// <summary>The next attempts fail so, one each.</summary>
    public void FailNext(params ConnectFailure[] failures)
    {
        foreach (ConnectFailure failure in failures)
        {
            _failures.Enqueue(failure);
        }
    }

    public Task<ConnectAttempt> ConnectAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _attempts);
        if (_failures.TryDequeue(out ConnectFailure? failure))
        {
            return Task.FromResult(new ConnectAttempt { Failure = failure });
        }

        (DuplexStream ours, DuplexStream theirs) = DuplexStream.CreatePair();
        _accepted.Writer.TryWrite(new BrokerConnection(ours));
        return Task.FromResult(new ConnectAttempt { Pipe = theirs });
    }

    /// <summary>The next connection, before its opening.</summary>
    public Task<BrokerConnection> AcceptAsync() => _accepted.Reader.ReadAsync().AsTask().Guarded();

    /// <summary>The next connection, after its opening.</summary>
    public async Task<BrokerConnection> OpenAsync(
        uint streamWindow = 131_072, uint connectionWindow = 1_048_576, uint maxStreams = 256, ulong maxPayload = 67_108_864)
    {
        BrokerConnection connection = await AcceptAsync();
        WireFrame hello = await connection.ReadAsync();
        Assert.Equal(FrameType.Hello, hello.Header.Type);
        await connection.SendAsync(Frames.HelloAck(streamWindow, connectionWindow, maxStreams, maxPayload));
        return connection;
    }

    /// <summary>Advances time in steps of a millisecond until the task has ended.</summary>
    public async Task AdvanceUntilAsync(Task task)
    {
        for (int step = 0; !task.IsCompleted; step++)
        {
            Assert.True(step < 60_000, "Nothing came within a minute of the test's time.");
            Time.Advance(TimeSpan.FromMilliseconds(1));
            await Task.WhenAny(task, Task.Delay(1));
        }
    }

    public ValueTask DisposeAsync() => new(Client.DisposeAsync().AsTask().Guarded());
}
