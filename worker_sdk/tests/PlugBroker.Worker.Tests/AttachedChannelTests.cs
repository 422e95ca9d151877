// SPDX-License-Identifier: Apache-2.0
using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using PlugBroker.Worker.Channel;

namespace PlugBroker.Worker.Tests;

public sealed class AttachedChannelTests
{
    [Fact]
    public void The_pipe_is_named_after_the_pool() =>
        Assert.Equal("PlugBroker.Attach.documents", AttachedChannel.PipeName("documents"));

    [Fact]
    public async Task A_worker_that_is_stopped_does_not_attach()
    {
        var log = new StringWriter();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => AttachedChannel.OpenAsync("documents", log, new CancellationToken(canceled: true)));

        Assert.Equal("", log.ToString());
    }
}
