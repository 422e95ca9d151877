// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using PlugBroker.Worker.Channel;

namespace PlugBroker.Worker.Tests;

public sealed class WorkerEnvironmentTests
{
    [Fact]
    public void Without_a_channel_the_program_says_that_PlugBroker_starts_it() =>
        Assert.Contains("the PlugBroker service starts it", Mistake(null, null), StringComparison.Ordinal);

    [Theory]
    [InlineData("abc")]
    [InlineData("-1")]
    [InlineData("0")]
    [InlineData("0x10")]
    [InlineData("99999999999999999999")]
    public void A_channel_that_is_no_number_is_a_mistake(string channel) => Assert.NotNull(Mistake(channel, null));

    [Theory]
    [InlineData("0")]
    [InlineData("1025")]
    [InlineData("many")]
    [InlineData("-3")]
    public void A_concurrency_outside_1_to_1024_is_a_mistake(string concurrency) => Assert.NotNull(Mistake("8", concurrency));

    [Theory]
    [InlineData("616", null, 616, null)]
    [InlineData("616", "", 616, null)]
    [InlineData("4294967296", "1", 4294967296, 1)]
    [InlineData("8", "1024", 8, 1024)]
    public void The_variables_are_read(string channel, string? concurrency, long handle, int? expected)
    {
        Assert.Null(WorkerEnvironment.TryRead(Getter(channel, concurrency), out WorkerEnvironment environment));
        Assert.Equal(new WorkerEnvironment((nint)handle, expected), environment);
    }

    [Fact]
    public void Without_a_channel_the_worker_attaches_to_the_pool_that_its_author_names()
    {
        Assert.Null(WorkerEnvironment.TryRead(Getter(null, null, "documents"), out WorkerEnvironment environment));
        Assert.Equal("documents", environment.AttachPool);
    }

    [Fact]
    public void A_worker_that_was_given_a_channel_does_not_attach()
    {
        Assert.Null(WorkerEnvironment.TryRead(Getter("8", null, "documents"), out WorkerEnvironment environment));
        Assert.Null(environment.AttachPool);
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("..\\other")]
    [InlineData("ümlaut")]
    public void A_pool_to_attach_to_must_have_a_pools_name(string pool) =>
        Assert.Contains(
            "PLUGBROKER_ATTACH",
            WorkerEnvironment.TryRead(Getter(null, null, pool), out _),
            StringComparison.Ordinal);

    private static string? Mistake(string? channel, string? concurrency) =>
        WorkerEnvironment.TryRead(Getter(channel, concurrency), out _);

    private static Func<string, string?> Getter(string? channel, string? concurrency, string? attach = null)
    {
        var variables = new Dictionary<string, string?>
        {
            ["PLUGBROKER_CHANNEL"] = channel,
            ["PLUGBROKER_CONCURRENCY"] = concurrency,
            ["PLUGBROKER_ATTACH"] = attach,
        };
        return name => variables.GetValueOrDefault(name);
    }
}
