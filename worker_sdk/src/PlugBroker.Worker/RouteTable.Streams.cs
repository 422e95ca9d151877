// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace PlugBroker.Worker;

/// <content>Routes whose request or reply is a stream of messages.</content>
public sealed partial class RouteTable
{
    /// <summary>Serves a route, streams both ways, with a handler object.</summary>
    /// <param name="route">The name that plugins call.</param>
    /// <param name="handler">Answers the calls.</param>
    /// <returns>This table, so that calls can be chained.</returns>
    /// <exception cref="ArgumentException">The name is not a valid route, or is mapped already.</exception>
    /// <exception cref="InvalidOperationException">More routes than one worker may serve.</exception>
    public RouteTable MapStream(string route, IStreamHandler handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return Add(route, name => new MappedRoute(route, name) { Stream = handler });
    }

    /// <summary>Serves a route, streams both ways, with a function. Its messages and those of the request interleave as it likes.</summary>
    /// <param name="route">The name that plugins call.</param>
    /// <param name="handler">Answers the calls, as <see cref="IStreamHandler"/> does.</param>
    /// <returns>This table, so that calls can be chained.</returns>
    public RouteTable MapStream(
        string route, Func<StreamRequest, CancellationToken, IAsyncEnumerable<ReadOnlyMemory<byte>>> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return MapStream(route, new DelegateStreamHandler(handler));
    }

    /// <summary>Serves a route that takes one message and answers with a stream: progress, say, or a long list.</summary>
    /// <param name="route">The name that plugins call.</param>
    /// <param name="handler">Answers the calls, as <see cref="IStreamHandler"/> does.</param>
    /// <returns>This table, so that calls can be chained.</returns>
    public RouteTable MapServerStream(
        string route, Func<Request, CancellationToken, IAsyncEnumerable<ReadOnlyMemory<byte>>> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return Add(route, name => new MappedRoute(route, name) { ServerStream = handler });
    }

    /// <summary>Serves a route that takes a stream and answers with one message: an upload, say.</summary>
    /// <param name="route">The name that plugins call.</param>
    /// <param name="handler">Answers the calls; it may do so before it has read all.</param>
    /// <returns>This table, so that calls can be chained.</returns>
    public RouteTable MapClientStream(string route, Func<StreamRequest, CancellationToken, ValueTask<Reply>> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return Add(route, name => new MappedRoute(route, name) { ClientStream = handler });
    }

    private sealed class DelegateStreamHandler(
        Func<StreamRequest, CancellationToken, IAsyncEnumerable<ReadOnlyMemory<byte>>> handler) : IStreamHandler
    {
        public IAsyncEnumerable<ReadOnlyMemory<byte>> HandleAsync(
            StreamRequest request, CancellationToken cancellationToken) => handler(request, cancellationToken);
    }
}
