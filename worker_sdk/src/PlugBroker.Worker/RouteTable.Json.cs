// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Threading;
using System.Threading.Tasks;

namespace PlugBroker.Worker;

/// <content>Routes whose messages are JSON documents of known types, read and written by generated code.</content>
public sealed partial class RouteTable
{
    private const string JsonContentType = "application/json";

    /// <summary>Serves a route with a function from one JSON document to another.</summary>
    /// <typeparam name="TRequest">What the request's document is read as. A document that isn't one is invalid_argument.</typeparam>
    /// <typeparam name="TReply">What the reply's document is written from.</typeparam>
    /// <param name="route">The name that plugins call.</param>
    /// <param name="requestType">From a <c>JsonSerializerContext</c>: reads the request.</param>
    /// <param name="replyType">From a <c>JsonSerializerContext</c>: writes the reply.</param>
    /// <param name="handler">Answers the calls.</param>
    /// <returns>This table, so that calls can be chained.</returns>
    public RouteTable MapJson<TRequest, TReply>(
        string route, JsonTypeInfo<TRequest> requestType, JsonTypeInfo<TReply> replyType,
        Func<TRequest, Request, CancellationToken, ValueTask<TReply>> handler)
    {
        ArgumentNullException.ThrowIfNull(requestType);
        ArgumentNullException.ThrowIfNull(replyType);
        ArgumentNullException.ThrowIfNull(handler);
        return Map(route, async (request, cancellation) =>
        {
            TRequest document = Read(request.PayloadSequence, requestType);
            TReply reply = await handler(document, request, cancellation).ConfigureAwait(false);
            return Reply.Bytes(Write(reply, replyType), JsonContentType);
        });
    }

    /// <inheritdoc cref="MapJson{TRequest,TReply}(string,JsonTypeInfo{TRequest},JsonTypeInfo{TReply},Func{TRequest,Request,CancellationToken,ValueTask{TReply}})"/>
    public RouteTable MapJson<TRequest, TReply>(
        string route, JsonTypeInfo<TRequest> requestType, JsonTypeInfo<TReply> replyType,
        Func<TRequest, CancellationToken, ValueTask<TReply>> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return MapJson(route, requestType, replyType, (document, _, cancellation) => handler(document, cancellation));
    }

    /// <inheritdoc cref="MapJson{TRequest,TReply}(string,JsonTypeInfo{TRequest},JsonTypeInfo{TReply},Func{TRequest,Request,CancellationToken,ValueTask{TReply}})"/>
    public RouteTable MapJson<TRequest, TReply>(
        string route, JsonTypeInfo<TRequest> requestType, JsonTypeInfo<TReply> replyType, Func<TRequest, TReply> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return MapJson(route, requestType, replyType, (document, _, _) => new ValueTask<TReply>(handler(document)));
    }

    /// <summary>Serves a route that takes one JSON document and answers with a stream of them, a message each.</summary>
    /// <typeparam name="TRequest">What the request's document is read as. A document that isn't one is invalid_argument.</typeparam>
    /// <typeparam name="TReply">What the reply's documents are written from.</typeparam>
    /// <param name="route">The name that plugins call.</param>
    /// <param name="requestType">From a <c>JsonSerializerContext</c>: reads the request.</param>
    /// <param name="replyType">From a <c>JsonSerializerContext</c>: writes the messages of the reply.</param>
    /// <param name="handler">Answers the calls, as <see cref="IStreamHandler"/> does.</param>
    /// <returns>This table, so that calls can be chained.</returns>
    public RouteTable MapJsonServerStream<TRequest, TReply>(
        string route, JsonTypeInfo<TRequest> requestType, JsonTypeInfo<TReply> replyType,
        Func<TRequest, CancellationToken, IAsyncEnumerable<TReply>> handler)
    {
        ArgumentNullException.ThrowIfNull(requestType);
        ArgumentNullException.ThrowIfNull(replyType);
        ArgumentNullException.ThrowIfNull(handler);
        return MapServerStream(route, (request, cancellation) => WriteAllAsync(
            handler(Read(request.PayloadSequence, requestType), cancellation), replyType, cancellation));
    }

    /// <summary>Serves a route whose request and reply are streams of JSON documents, a message each.</summary>
    /// <typeparam name="TRequest">What the request's documents are read as. One that isn't is invalid_argument.</typeparam>
    /// <typeparam name="TReply">What the reply's documents are written from.</typeparam>
    /// <param name="route">The name that plugins call.</param>
    /// <param name="requestType">From a <c>JsonSerializerContext</c>: reads the messages of the request.</param>
    /// <param name="replyType">From a <c>JsonSerializerContext</c>: writes the messages of the reply.</param>
    /// <param name="handler">Answers the calls, as <see cref="IStreamHandler"/> does.</param>
    /// <returns>This table, so that calls can be chained.</returns>
    public RouteTable MapJsonStream<TRequest, TReply>(
        string route, JsonTypeInfo<TRequest> requestType, JsonTypeInfo<TReply> replyType,
        Func<IAsyncEnumerable<TRequest>, CancellationToken, IAsyncEnumerable<TReply>> handler)
    {
        ArgumentNullException.ThrowIfNull(requestType);
        ArgumentNullException.ThrowIfNull(replyType);
        ArgumentNullException.ThrowIfNull(handler);
        return MapStream(route, (request, cancellation) => WriteAllAsync(
            handler(ReadAllAsync(request, requestType, cancellation), cancellation), replyType, cancellation));
    }

    private static async IAsyncEnumerable<T> ReadAllAsync<T>(
        StreamRequest request, JsonTypeInfo<T> type, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (ReadOnlySequence<byte> message in
            request.MessageSequences.WithCancellation(cancellation).ConfigureAwait(false))
        {
            yield return Read(message, type);
        }
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> WriteAllAsync<T>(
        IAsyncEnumerable<T> documents, JsonTypeInfo<T> type, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (T document in documents.WithCancellation(cancellation).ConfigureAwait(false))
        {
            yield return Write(document, type);
        }
    }

    private static T Read<T>(ReadOnlySequence<byte> message, JsonTypeInfo<T> type)
    {
        try
        {
            ReadOnlySpan<byte> bytes = message.IsSingleSegment ? message.First.Span : message.ToArray();
            return JsonSerializer.Deserialize(bytes, type)
                ?? throw new CallFailedException(StatusCode.InvalidArgument, "The request is the JSON value null.");
        }
        catch (JsonException exception)
        {
            throw new CallFailedException(
                StatusCode.InvalidArgument, $"The request is not the JSON that the route takes: {exception.Message}", exception);
        }
    }

    private static byte[] Write<T>(T document, JsonTypeInfo<T> type) => JsonSerializer.SerializeToUtf8Bytes(document, type);
}
