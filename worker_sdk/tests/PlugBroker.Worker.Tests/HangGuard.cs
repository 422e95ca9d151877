// SPDX-License-Identifier: Apache-2.0
using System;
using System.Threading.Tasks;

namespace PlugBroker.Worker.Tests;

/// <summary>Turns a hang into a failure. Nothing is asserted about how long anything takes.</summary>
internal static class HangGuard
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    public static Task Guarded(this Task task) => task.WaitAsync(_patience);

    public static Task<T> Guarded<T>(this Task<T> task) => task.WaitAsync(_patience);
}
