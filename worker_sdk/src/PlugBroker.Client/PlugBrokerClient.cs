// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PlugBroker.Client.Core;
using PlugBroker.Client.Pipe;
using PlugBroker.Wire;

namespace PlugBroker.Client;

/// <summary>Calls workers through the PlugBroker service of this machine.</summary>
/// <remarks>
/// One client is meant to be kept and shared: every member may be used from any thread, and all calls travel on one
/// connection, which is made with the first call and made again when it is lost. Every call ends by its deadline. Nothing is
/// sent to a pipe before its owner is known to be the service's account, SYSTEM, or one that the options trust.
/// </remarks>
public sealed class PlugBrokerClient : IAsyncDisposable, IDisposable
{
    private const int LongestUserName = 40;
    private const long LargestPayload = 1L << 30;

    private readonly ClientDriver _driver;

    /// <summary>A client of the service with the ordinary names.</summary>
    /// <exception cref="ArgumentException">PLUGBROKER_TRUSTED_OWNERS is wrong.</exception>
    /// <exception cref="PlatformNotSupportedException">This is not Windows.</exception>
    public PlugBrokerClient()
        : this(new ClientOptions())
    {
    }

    /// <summary>A client. It connects with the first call.</summary>
    /// <exception cref="ArgumentException">An option is wrong.</exception>
    /// <exception cref="PlatformNotSupportedException">This is not Windows.</exception>
    public PlugBrokerClient(ClientOptions options)
        : this(options, ConnectorOf(options), new AwakeTime(), new Random())
    {
    }

    internal PlugBrokerClient(ClientOptions options, IPipeConnector connector, TimeProvider time, Random random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxPayload, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.MaxPayload, LargestPayload, nameof(options));
        string user = string.IsNullOrEmpty(options.UserName) ? "" : $" ({Clipped(options.UserName!)})";
        var self = new HelloOffer(PeerRole.Client, $"plugbroker-dotnet{user}") { MaxPayload = (ulong)options.MaxPayload };
        _driver = new ClientDriver(new ClientSession(self, random), connector, time, options.Log);
    }

    /// <summary>Makes a call with one message each way.</summary>
    /// <param name="route">What is called, such as <c>markdown.to_html</c>.</param>
    /// <param name="payload">The message. It must stay as it is until the task has ended.</param>
    /// <param name="options">Null for the usual: 30 seconds, sent once.</param>
    /// <param name="cancellationToken">Gives the call up, and tells the worker.</param>
    /// <exception cref="PlugBrokerException">The call failed, or could not be made.</exception>
    /// <exception cref="OperationCanceledException">The token fired first.</exception>
    public async Task<Reply> CallAsync(
        string route, ReadOnlyMemory<byte> payload, CallOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        options ??= new CallOptions();
        CallHead head = HeadOf(route, options);
        ClientCall call = await RunAsync(
            options.Deadline,
            deadline => new ClientCall(CallKind.Unary, head, new OutgoingRequest(payload), deadline)
            {
                Retries = options.RetryAttempts,
                WaitForReady = options.WaitForReady,
            },
            cancellationToken).ConfigureAwait(false);
        return new Reply(call.Outcome!, call.Reply.HasMessage ? call.Reply.Take(out _) : default, call.Attempts);
    }

    /// <summary>Makes a call with one text message each way, in UTF-8.</summary>
    /// <inheritdoc cref="CallAsync(string, ReadOnlyMemory{byte}, CallOptions?, CancellationToken)"/>
    public Task<Reply> CallAsync(
        string route, string text, CallOptions? options = null, CancellationToken cancellationToken = default) =>
        CallAsync(route, Encoding.UTF8.GetBytes(text), options, cancellationToken);

    /// <summary>
    /// As <see cref="CallAsync(string, ReadOnlyMemory{byte}, CallOptions?, CancellationToken)"/>, but waits: for code that
    /// cannot be asynchronous. It may be used on a thread with a message loop, which it blocks for no longer than the deadline.
    /// </summary>
    /// <exception cref="PlugBrokerException">The call failed, or could not be made.</exception>
    /// <exception cref="OperationCanceledException">The token fired first.</exception>
    public Reply Call(
        string route, ReadOnlyMemory<byte> payload, CallOptions? options = null,
        CancellationToken cancellationToken = default) =>
        CallAsync(route, payload, options, cancellationToken).GetAwaiter().GetResult();

    /// <summary>Opens a call whose request and reply are streams of messages. Never waits; failures come from the stream.</summary>
    /// <param name="route">What is called.</param>
    /// <param name="options">Null for the usual. The deadline is that of the whole call.</param>
    /// <param name="cancellationToken">Gives the call up, and tells the worker.</param>
    public ClientStream OpenStream(
        string route, CallOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new CallOptions();
        return new ClientStream(_driver, HeadOf(route, options), options, cancellationToken);
    }

    /// <summary>
    /// Connects, and waits until the service takes calls or <paramref name="timeout"/> has passed. Waits for a service that is
    /// not installed, stopped or starting.
    /// </summary>
    /// <exception cref="PlugBrokerException">Not ready in time, or waiting cannot help; the message says why.</exception>
    /// <exception cref="OperationCanceledException">The token fired first.</exception>
    public async Task WaitForReadyAsync(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await RunAsync(
            timeout,
            static deadline => new ClientCall(CallKind.Readiness, new CallHead([]), new OutgoingRequest(), deadline),
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends all calls with cancelled and closes the connection. Waits until nothing of the client runs.</summary>
    public ValueTask DisposeAsync() => new(_driver.DisposeAsync());

    /// <summary>As <see cref="DisposeAsync"/>.</summary>
    public void Dispose() => _driver.DisposeAsync().GetAwaiter().GetResult();

    private static WindowsPipeConnector ConnectorOf(ClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return OperatingSystem.IsWindows()
            ? new WindowsPipeConnector(options)
            : throw new PlatformNotSupportedException("PlugBroker is a service of Windows.");
    }

    private static string Clipped(string name) => name.Length <= LongestUserName ? name : name[..LongestUserName];

    private static CallHead HeadOf(string route, CallOptions options)
    {
        ArgumentNullException.ThrowIfNull(route);
        Activity? activity = Activity.Current is { IdFormat: ActivityIdFormat.W3C } current ? current : null;
        string? state = activity?.TraceStateString;
        IReadOnlyList<KeyValuePair<string, string>>? metadata = options.Metadata;
        return new CallHead(Encoding.UTF8.GetBytes(route))
        {
            ContentType = options.ContentType,
            IdempotencyKey = options.IdempotencyKey,
            TraceParent = activity?.Id,
            TraceState = state?.Length <= WireLimits.MaxTraceStateBytes ? state : null,
            Metadata = metadata is null ? null : metadata.ToArray(),
        };
    }

    private async Task<ClientCall> RunAsync(
        TimeSpan deadline, Func<TimeSpan, ClientCall> make, CancellationToken cancellationToken)
    {
        var ended = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        ClientCall call = _driver.Submit(deadline, at =>
        {
            ClientCall made = make(at);
            made.Changed = of =>
            {
                if (of.Ended)
                {
                    ended.TrySetResult(true);
                }
            };
            return made;
        });
        using (cancellationToken.Register(() => _driver.Cancel(call)))
        {
            await ended.Task.ConfigureAwait(false);
        }

        CallFailure.ThrowIfFailed(call, cancellationToken);
        return call;
    }
}
