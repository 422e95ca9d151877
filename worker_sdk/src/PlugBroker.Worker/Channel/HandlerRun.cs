// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;
using PlugBroker.Wire;

namespace PlugBroker.Worker.Channel;

/// <summary>How failures of handlers are told, besides by END.</summary>
internal readonly record struct FailureReport(bool IncludeStackTrace, Action<string, Exception>? Failed)
{
    /// <summary>The observer's own failures are nobody's business: the call ends as it would have.</summary>
    public void Tell(string route, Exception exception)
    {
        try
        {
            Failed?.Invoke(route, exception);
        }
        catch (Exception)
        {
        }
    }
}

/// <summary>Runs the handler of one call and reports its outcome, exactly once, whatever it does.</summary>
internal sealed class HandlerRun(IncomingCall call, ulong maxReply, FailureReport report) : IHandlerRun
{
    public void Run() => _ = RunAsync();

    private async Task RunAsync()
    {
        CallOutcome outcome;
        Activity? activity = CallTracing.Start(call.Route.Name, call.Details);
        try
        {
            outcome = await InvokeAsync(call.Cancellation.Token).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            outcome = CallOutcome.FromException(exception, call.TokenFired, report.IncludeStackTrace);
            activity?.SetStatus(ActivityStatusCode.Error, outcome.End.Message);
            if (exception is not (CallFailedException or OperationCanceledException))
            {
                report.Tell(call.Route.Name, exception);
            }
        }

        CallTracing.Stop(activity);
        call.HandlerReturned(outcome);
    }

    private async ValueTask<CallOutcome> InvokeAsync(CancellationToken token)
    {
        MappedRoute route = call.Route;
        if (route.Unary is not null)
        {
            Reply? reply = await route.Unary.HandleAsync(new Request(call), token).ConfigureAwait(false);
            return CallOutcome.FromReply(reply, maxReply);
        }

        if (route.ServerStream is not null)
        {
            await SendAllAsync(route.ServerStream(new Request(call), token), token).ConfigureAwait(false);
            return new CallOutcome(EndMeta.Ok, default);
        }

        var request = new StreamRequest(call);
        if (route.ClientStream is not null)
        {
            Reply? reply = await route.ClientStream(request, token).ConfigureAwait(false);
            return CallOutcome.FromReply(reply, maxReply);
        }

        await SendAllAsync(route.Stream!.HandleAsync(request, token), token).ConfigureAwait(false);
        return new CallOutcome(request.End, default);
    }

    private async ValueTask SendAllAsync(IAsyncEnumerable<ReadOnlyMemory<byte>>? messages, CancellationToken token)
    {
        if (messages is null)
        {
            throw new CallFailedException(StatusCode.Internal, "The handler returned no messages.");
        }

        await foreach (ReadOnlyMemory<byte> message in messages.WithCancellation(token).ConfigureAwait(false))
        {
            await call.SendAsync(message).ConfigureAwait(false);
        }
    }
}
