// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PlugBroker.Wire;

namespace PlugBroker.Worker;

/// <summary>The routes a worker serves: 1 to 256 names of 1 to 255 characters <c>A-Z a-z 0-9 . _ - /</c>.</summary>
public sealed partial class RouteTable
{
    private readonly List<MappedRoute> _routes = [];
    private int _readyBytes;

    internal RouteTable()
    {
    }

    internal IReadOnlyList<MappedRoute> Routes => _routes;

    /// <summary>Serves a route with a handler object.</summary>
    /// <param name="route">The name that plugins call.</param>
    /// <param name="handler">Answers the calls.</param>
    /// <returns>This table, so that calls can be chained.</returns>
    /// <exception cref="ArgumentException">The name is not a valid route, or is mapped already.</exception>
    /// <exception cref="InvalidOperationException">More routes than one worker may serve.</exception>
    public RouteTable Map(string route, IRequestHandler handler)
    {
        ArgumentNullException.ThrowIfNull(route);
        ArgumentNullException.ThrowIfNull(handler);
        return Add(route, name => new MappedRoute(route, name) { Unary = handler });
    }

    /// <summary>Serves a route with an asynchronous function.</summary>
    /// <param name="route">The name that plugins call.</param>
    /// <param name="handler">Answers the calls.</param>
    /// <returns>This table, so that calls can be chained.</returns>
    public RouteTable Map(string route, Func<Request, CancellationToken, ValueTask<Reply>> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return Map(route, new DelegateHandler(handler));
    }

    /// <summary>Serves a route with a function that needs no waiting.</summary>
    /// <param name="route">The name that plugins call.</param>
    /// <param name="handler">Answers the calls.</param>
    /// <returns>This table, so that calls can be chained.</returns>
    public RouteTable Map(string route, Func<Request, Reply> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return Map(route, new DelegateHandler((request, _) => new ValueTask<Reply>(handler(request))));
    }

    /// <summary>The route of that name, without making a string of it; null when it is not mapped.</summary>
    internal MappedRoute? Find(ReadOnlySpan<byte> name)
    {
        foreach (MappedRoute route in _routes)
        {
            if (name.SequenceEqual(route.NameBytes))
            {
                return route;
            }
        }

        return null;
    }

    private RouteTable Add(string route, Func<byte[], MappedRoute> make)
    {
        ArgumentNullException.ThrowIfNull(route);
        byte[] name = Encoding.UTF8.GetBytes(route);
        if (!RouteName.IsValid(name))
        {
            throw new ArgumentException(
                $"'{route}' is not a route: 1 to 255 characters of A-Z a-z 0-9 . _ - / are.", nameof(route));
        }

        if (Find(name) is not null)
        {
            throw new ArgumentException($"The route '{route}' is mapped already.", nameof(route));
        }

        int readyBytes = _readyBytes + WireLimits.TlvHeaderBytes + name.Length;
        if (_routes.Count == WireLimits.MaxRoutes || readyBytes > WireLimits.MaxReadyRouteBytes)
        {
            throw new InvalidOperationException("One worker serves at most 256 routes, whose names fit into one READY frame.");
        }

        _readyBytes = readyBytes;
        _routes.Add(make(name));
        return this;
    }

    private sealed class DelegateHandler(Func<Request, CancellationToken, ValueTask<Reply>> handler) : IRequestHandler
    {
        public ValueTask<Reply> HandleAsync(Request request, CancellationToken cancellationToken) =>
            handler(request, cancellationToken);
    }
}

/// <summary>A route's name, as text and as on the wire, and what answers it: one of the four.</summary>
internal sealed record MappedRoute(string Name, byte[] NameBytes)
{
    public IRequestHandler? Unary { get; init; }

    public Func<Request, CancellationToken, IAsyncEnumerable<ReadOnlyMemory<byte>>>? ServerStream { get; init; }

    public Func<StreamRequest, CancellationToken, ValueTask<Reply>>? ClientStream { get; init; }

    public IStreamHandler? Stream { get; init; }

    /// <summary>The handler reads the request's messages one by one, while they come.</summary>
    public bool TakesMessages => ClientStream is not null || Stream is not null;
}
