// SPDX-License-Identifier: Apache-2.0
using System;
using System.Threading;

namespace PlugBroker.Worker.Tests;

public sealed class ApiTests
{
    [Theory]
    [InlineData("")]
    [InlineData("with space")]
    [InlineData("umlaut\u00e4")]
    [InlineData("a\\b")]
    public void A_name_that_is_no_route_cannot_be_mapped(string route) =>
        Assert.Throws<ArgumentException>(() => new RouteTable().Map(route, _ => Reply.Empty));

    [Fact]
    public void A_route_cannot_be_mapped_twice() => Assert.Throws<ArgumentException>(
        () => new RouteTable().Map("a", _ => Reply.Empty).Map("a", _ => Reply.Empty));

    [Fact]
    public void At_most_256_routes_are_mapped()
    {
        var routes = new RouteTable();
        for (int at = 0; at < 256; at++)
        {
            routes.Map($"r{at}", _ => Reply.Empty);
        }

        Assert.Throws<InvalidOperationException>(() => routes.Map("one.more", _ => Reply.Empty));
    }

    [Fact]
    public void Routes_that_do_not_fit_into_READY_are_refused_when_they_are_mapped()
    {
        var routes = new RouteTable();
        for (int at = 0; at < 31; at++)
        {
            routes.Map(new string('a', 253) + at.ToString("00"), _ => Reply.Empty);
        }

        Assert.Throws<InvalidOperationException>(() => routes.Map(new string('b', 255), _ => Reply.Empty));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1025)]
    public void A_concurrency_outside_1_to_1024_is_refused(int concurrency) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new WorkerOptions { Concurrency = concurrency });

    [Fact]
    public void A_call_cannot_fail_with_ok() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new CallFailedException(StatusCode.Ok, "fine"));

    [Fact]
    public void A_content_type_of_more_than_255_bytes_is_refused() =>
        Assert.Throws<ArgumentException>(() => Reply.Text("", new string('x', 256)));

    [Fact]
    public void A_request_made_by_hand_has_no_deadline()
    {
        var request = new Request("echo", "abc"u8.ToArray()) { ContentType = "text/plain" };

        Assert.Equal("abc", request.ReadText());
        Assert.Equal(Timeout.InfiniteTimeSpan, request.TimeRemaining);
    }
}
