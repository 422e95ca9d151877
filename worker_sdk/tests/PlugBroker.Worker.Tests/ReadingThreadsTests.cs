// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Concurrent;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PlugBroker.Worker.Channel;

namespace PlugBroker.Worker.Tests;

public sealed class ReadingThreadsTests
{
    [Fact]
    public async Task A_turn_that_is_offered_is_had_by_one_thread_only()
    {
        var turn = new ReadingTurn();
        for (int i = 0; i < 1000; i++)
        {
            int number = turn.Offer();
            bool[] took = await Task.WhenAll(
                Enumerable.Range(0, 3).Select(_ => Task.Run(() => turn.TryTake(number)))).Guarded();

            Assert.Single(took, static one => one);
            Assert.Equal((number, 0), (turn.Last, turn.Offered));
        }
    }

    [Fact]
    public async Task What_was_read_is_followed_up_on_the_thread_that_read_it()
    {
        using var channel = new Reads();
        var onReaders = new ConcurrentQueue<bool>();
        channel.FollowUp = _ => onReaders.Enqueue(channel.HasReadHere);
        channel.Start();

        for (int i = 0; i < 100; i++)
        {
            channel.Bring(1);
        }

        await channel.FollowedUpAsync(100);
        Assert.All(onReaders, Assert.True);
    }

    [Fact]
    public async Task Another_thread_reads_on_while_a_follow_up_does_not_return()
    {
        using var channel = new Reads();
        using var stuck = new ManualResetEventSlim();
        channel.FollowUp = count =>
        {
            if (count == 7)
            {
                stuck.Wait();
            }
        };
        channel.Start();
        channel.Bring(7);
        await channel.MovedOnAsync();

        channel.Bring(1);

        await channel.FollowedUpAsync(1);
        stuck.Set();
        await channel.FollowedUpAsync(1);
    }

    [Fact]
    public async Task Each_of_many_follow_ups_that_do_not_return_is_left_to_itself()
    {
        const int Count = 20;
        using var channel = new Reads();
        using var everybody = new Barrier(Count + 1);
        channel.FollowUp = _ => everybody.SignalAndWait();
        channel.Start();
        for (int i = 0; i < Count; i++)
        {
            channel.Bring(1);
        }

        await Task.Run(everybody.SignalAndWait).Guarded();
        await channel.FollowedUpAsync(Count);
    }

    [Fact]
    public async Task Reading_goes_on_after_a_long_rest()
    {
        using var channel = new Reads();
        using var stuck = new ManualResetEventSlim();
        channel.Start();
        channel.Bring(1);
        await channel.FollowedUpAsync(1);
        await channel.WatcherSleepsAsync();

        channel.FollowUp = _ => stuck.Wait();
        channel.Bring(2);

        await channel.MovedOnAsync();
        stuck.Set();
        await channel.FollowedUpAsync(1);
    }

    [Fact]
    public async Task Nothing_is_read_twice_or_by_two_at_once_when_turns_are_taken_all_the_time()
    {
        const int Count = 60;
        using var channel = new Reads();
        var followed = new ConcurrentQueue<int>();
        channel.FollowUp = value =>
        {
            followed.Enqueue(value);
            // Every third is held until another thread has taken over.
            if (value % 3 == 0)
            {
                channel.MovedOnAsync().GetAwaiter().GetResult();
            }
        };
        channel.Start();
        for (int i = 1; i <= Count; i++)
        {
            channel.Bring(i);
        }

        await channel.FollowedUpAsync(Count);
        Assert.Equal(Enumerable.Range(1, Count), followed.Order());
        Assert.False(channel.TwoReadAtOnce);
    }

    /// <summary>Work that tests bring.</summary>
    private sealed class Reads : IReadingWork, IDisposable
    {
        private readonly BlockingCollection<int> _brought = [];
        private readonly SemaphoreSlim _followedUp = new(0);
        private readonly SemaphoreSlim _movedOn = new(0);
        private readonly ReadingTurn _turn = new();
        private readonly ReadingThreads _threads;
        private readonly ThreadLocal<int> _read = new();
        private int _reading;

        public Reads() => _threads = new ReadingThreads(_turn, this);

        public Action<int> FollowUp { get; set; } = static _ => { };

        /// <summary>This thread has read something.</summary>
        public bool HasReadHere => _read.Value != 0;

        public bool TwoReadAtOnce { get; private set; }

        public void Start() => _threads.Start();

        public void Bring(int count) => _brought.Add(count);

        public async Task FollowedUpAsync(int times)
        {
            for (int i = 0; i < times; i++)
            {
                await _followedUp.WaitAsync().Guarded();
            }
        }

        public Task MovedOnAsync() => _movedOn.WaitAsync().Guarded();

        public Task WatcherSleepsAsync() => Task.Run(() => SpinWait.SpinUntil(() => _threads.WatcherSleeps)).Guarded();

        bool IReadingWork.Read()
        {
            TwoReadAtOnce |= Interlocked.Increment(ref _reading) != 1;
            bool any = _brought.TryTake(out int read, Timeout.Infinite);
            _read.Value = read;
            Interlocked.Decrement(ref _reading);
            return any;
        }

        void IReadingWork.FollowUp(int turn)
        {
            FollowUp(_read.Value);
            _followedUp.Release();
        }

        void IReadingWork.ReadingMovedOn() => _movedOn.Release();

        public void Dispose() => _brought.CompleteAdding();
    }
}
