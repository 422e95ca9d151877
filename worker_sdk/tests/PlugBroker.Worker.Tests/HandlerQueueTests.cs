// SPDX-License-Identifier: Apache-2.0
using System;
using System.Threading;
using System.Threading.Tasks;
using PlugBroker.Worker.Channel;

namespace PlugBroker.Worker.Tests;

public sealed class HandlerQueueTests
{
    [Fact]
    public async Task Every_handler_runs_once()
    {
        const int Count = 20_000;
        var runs = new int[Count];
        using var all = new CountdownEvent(Count);
        var queue = new HandlerQueue();
        for (int i = 0; i < Count; i++)
        {
            int index = i;
            queue.Start(new Run(() =>
            {
                Interlocked.Increment(ref runs[index]);
                all.Signal();
            }));
        }

        await Task.Run(all.Wait).Guarded();
        Assert.All(runs, static count => Assert.Equal(1, count));
    }

    [Fact]
    public async Task Handlers_that_keep_their_threads_all_run_at_once()
    {
        const int Count = 40;
        ThreadPool.GetMinThreads(out int workers, out int completionPorts);
        ThreadPool.SetMinThreads(Math.Max(workers, Count + 8), completionPorts);
        using var everybody = new Barrier(Count + 1);
        var queue = new HandlerQueue();
        for (int i = 0; i < Count; i++)
        {
            queue.Start(new Run(() => everybody.SignalAndWait()));
        }

        await Task.Run(everybody.SignalAndWait).Guarded();
    }

    [Fact]
    public async Task A_handler_behind_ones_that_never_return_runs()
    {
        using var release = new ManualResetEventSlim();
        var ran = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var queue = new HandlerQueue();
        for (int i = 0; i < Environment.ProcessorCount; i++)
        {
            queue.Start(new Run(release.Wait));
        }

        queue.Start(new Run(ran.SetResult));

        await ran.Task.Guarded();
        release.Set();
    }

    [Fact]
    public async Task A_thread_that_lends_itself_runs_what_it_has_started()
    {
        var queue = new HandlerQueue(lent: true);
        int ranOn = 0;
        await Task.Run(() =>
        {
            queue.Start(new Run(() => ranOn = Environment.CurrentManagedThreadId));
            Assert.Equal(0, ranOn);
            queue.RunHere();
            Assert.Equal(Environment.CurrentManagedThreadId, ranOn);
        }).Guarded();
    }

    [Fact]
    public async Task What_waits_behind_a_handler_that_keeps_the_lent_thread_runs_elsewhere_and_so_does_what_comes_then()
    {
        using var release = new ManualResetEventSlim();
        using var ran = new CountdownEvent(3);
        using var entered = new ManualResetEventSlim();
        var queue = new HandlerQueue(lent: true);
        queue.Start(new Run(() =>
        {
            entered.Set();
            release.Wait();
        }));
        queue.Start(new Run(() => ran.Signal()));
        Task lent = Task.Run(queue.RunHere);
        await Task.Run(entered.Wait).Guarded();

        queue.HereIsStuck();
        queue.HereIsStuck();
        queue.Start(new Run(() => ran.Signal()));
        queue.Start(new Run(() => ran.Signal()));

        await Task.Run(ran.Wait).Guarded();
        release.Set();
        await lent.Guarded();
    }

    [Fact]
    public async Task The_lent_thread_is_used_again_once_many_handlers_have_returned_at_once()
    {
        using var release = new ManualResetEventSlim();
        using var entered = new ManualResetEventSlim();
        var queue = new HandlerQueue(lent: true);
        queue.Start(new Run(() =>
        {
            entered.Set();
            release.Wait();
        }));
        Task lent = Task.Run(queue.RunHere);
        await Task.Run(entered.Wait).Guarded();
        queue.HereIsStuck();
        queue.HereIsStuck();
        release.Set();
        await lent.Guarded();

        bool here = false;
        while (!here)
        {
            var ranOn = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
            here = await Task.Factory.StartNew(
                () =>
                {
                    queue.Start(new Run(() => ranOn.SetResult(Environment.CurrentManagedThreadId)));
                    queue.RunHere();
                    return ranOn.Task.Guarded().GetAwaiter().GetResult() == Environment.CurrentManagedThreadId;
                },
                TaskCreationOptions.LongRunning).Guarded();
        }
    }

    [Fact]
    public async Task Every_handler_runs_once_whoever_is_stuck_meanwhile()
    {
        const int Count = 20_000;
        var runs = new int[Count];
        using var all = new CountdownEvent(Count);
        var queue = new HandlerQueue(lent: true);
        var over = false;
        Task stuck = Task.Run(() =>
        {
            while (!Volatile.Read(ref over))
            {
                queue.HereIsStuck();
            }
        });
        await Task.Run(() =>
        {
            for (int i = 0; i < Count; i++)
            {
                int index = i;
                queue.Start(new Run(() =>
                {
                    Interlocked.Increment(ref runs[index]);
                    all.Signal();
                }));
                if (i % 7 == 0)
                {
                    queue.RunHere();
                }
            }

            queue.RunHere();
            all.Wait();
        }).Guarded();
        Volatile.Write(ref over, true);
        await stuck.Guarded();

        Assert.All(runs, static count => Assert.Equal(1, count));
    }

    private sealed class Run(Action action) : IHandlerRun
    {
        void IHandlerRun.Run() => action();
    }
}
