// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace PlugBroker.Worker.Hosting;

/// <summary>Says what a hosted worker serves. Handlers given by their type come from the container, one for all calls.</summary>
public sealed class PlugBrokerWorkerBuilder
{
    private readonly List<Action<IServiceProvider, RouteTable>> _maps = [];

    internal PlugBrokerWorkerBuilder(IServiceCollection services) => Services = services;

    /// <summary>The host's services.</summary>
    public IServiceCollection Services { get; }

    /// <summary>Maps routes with all that <see cref="RouteTable"/> knows.</summary>
    /// <param name="map">Maps routes.</param>
    /// <returns>This builder, so that calls can be chained.</returns>
    public PlugBrokerWorkerBuilder Routes(Action<RouteTable> map)
    {
        ArgumentNullException.ThrowIfNull(map);
        _maps.Add((_, routes) => map(routes));
        return this;
    }

    /// <summary>Maps routes with the host's services at hand.</summary>
    /// <param name="map">Maps routes.</param>
    /// <returns>This builder, so that calls can be chained.</returns>
    public PlugBrokerWorkerBuilder Routes(Action<IServiceProvider, RouteTable> map)
    {
        ArgumentNullException.ThrowIfNull(map);
        _maps.Add(map);
        return this;
    }

    /// <summary>Serves a route with a handler from the container.</summary>
    /// <typeparam name="THandler">Registered as a singleton, if it isn't registered yet.</typeparam>
    /// <param name="route">The name that plugins call.</param>
    /// <returns>This builder, so that calls can be chained.</returns>
    public PlugBrokerWorkerBuilder Map<
#if NET
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)]
#endif
        THandler>(string route)
        where THandler : class, IRequestHandler
    {
        Services.TryAddSingleton<THandler>();
        return Routes((services, routes) => routes.Map(route, services.GetRequiredService<THandler>()));
    }

    /// <summary>Serves a route, streams both ways, with a handler from the container.</summary>
    /// <typeparam name="THandler">Registered as a singleton, if it isn't registered yet.</typeparam>
    /// <param name="route">The name that plugins call.</param>
    /// <returns>This builder, so that calls can be chained.</returns>
    public PlugBrokerWorkerBuilder MapStream<
#if NET
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)]
#endif
        THandler>(string route)
        where THandler : class, IStreamHandler
    {
        Services.TryAddSingleton<THandler>();
        return Routes((services, routes) => routes.MapStream(route, services.GetRequiredService<THandler>()));
    }

    /// <summary>Sets the worker's options; those of the configuration can be bound by <c>Services.Configure</c>.</summary>
    /// <param name="configure">Sets them.</param>
    /// <returns>This builder, so that calls can be chained.</returns>
    public PlugBrokerWorkerBuilder Options(Action<WorkerOptions> configure)
    {
        Services.Configure(configure);
        return this;
    }

    internal void Apply(IServiceProvider services, RouteTable routes)
    {
        foreach (Action<IServiceProvider, RouteTable> map in _maps)
        {
            map(services, routes);
        }
    }
}
