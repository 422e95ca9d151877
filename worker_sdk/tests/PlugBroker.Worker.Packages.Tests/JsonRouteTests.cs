// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;
using System.Threading;
using System.Threading.Tasks;
using PlugBroker.Worker.Testing;

namespace PlugBroker.Worker.Packages.Tests;

internal sealed record Order(string Item, int Count);

internal sealed record Price(decimal Total);

[JsonSerializable(typeof(Order))]
[JsonSerializable(typeof(Price))]
internal sealed partial class ShopJson : JsonSerializerContext;

public sealed class JsonRouteTests
{
    private readonly WorkerTestHost _host = WorkerTestHost.Create(routes => routes
        .MapJson("price", ShopJson.Default.Order, ShopJson.Default.Price, order => new Price(order.Count * 2.5m))
        .MapJson("late", ShopJson.Default.Order, ShopJson.Default.Price, async (order, cancellation) =>
        {
            await Task.Delay(TimeSpan.Zero, cancellation);
            return new Price(order.Count);
        })
        .MapJsonServerStream("count", ShopJson.Default.Order, ShopJson.Default.Price, CountAsync)
        .MapJsonStream("each", ShopJson.Default.Order, ShopJson.Default.Price, EachAsync));

    [Theory]
    [InlineData("price", "{\"Total\":7.5}")]
    [InlineData("late", "{\"Total\":3}")]
    public async Task A_document_is_answered_with_a_document(string route, string expected)
    {
        TestReply reply = await _host.CallAsync(route, """{"Item":"nut","Count":3}"""u8.ToArray());

        Assert.Equal((StatusCode.Ok, expected, "application/json"), (reply.Status, reply.ReadText(), reply.ContentType));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{\"Item\":\"nut\",\"Count\":\"many\"}")]
    [InlineData("{\"Item\":\"nut\",\"Count\":1} {}")]
    public async Task What_is_no_such_document_is_invalid_argument(string document)
    {
        TestReply reply = await _host.CallAsync("price", System.Text.Encoding.UTF8.GetBytes(document));

        Assert.Equal(StatusCode.InvalidArgument, reply.Status);
    }

    [Fact]
    public async Task A_document_is_answered_with_a_stream_of_documents()
    {
        TestStreamCall stream = await _host.OpenStreamAsync("count");
        await stream.WriteAsync("""{"Item":"nut","Count":2}"""u8.ToArray());
        stream.CompleteWriting();

        Assert.Equal(["""{"Total":1}""", """{"Total":2}"""], await TextsAsync(stream));
    }

    [Fact]
    public async Task A_stream_of_documents_is_answered_with_another()
    {
        TestStreamCall stream = await _host.OpenStreamAsync("each");
        await stream.WriteAsync("""{"Item":"nut","Count":2}"""u8.ToArray());
        await stream.WriteAsync("nonsense"u8.ToArray());

        Assert.Equal(["""{"Total":2}"""], await TextsAsync(stream));
        Assert.Equal(StatusCode.InvalidArgument, (await stream.Ended).Status);
    }

    private static async Task<List<string>> TextsAsync(TestStreamCall stream)
    {
        var texts = new List<string>();
        await foreach (ReadOnlyMemory<byte> message in stream.ReadAllAsync())
        {
            texts.Add(System.Text.Encoding.UTF8.GetString(message.Span));
        }

        return texts;
    }

    private static async IAsyncEnumerable<Price> CountAsync(
        Order order, [EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (int at in Enumerable.Range(1, order.Count))
        {
            await Task.Delay(TimeSpan.Zero, cancellation);
            yield return new Price(at);
        }
    }

    private static async IAsyncEnumerable<Price> EachAsync(
        IAsyncEnumerable<Order> orders, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (Order order in orders.WithCancellation(cancellation))
        {
            yield return new Price(order.Count);
        }
    }
}
