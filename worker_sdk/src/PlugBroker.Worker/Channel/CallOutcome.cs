// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers;
using PlugBroker.Wire;

namespace PlugBroker.Worker.Channel;

/// <summary>What a handler made of its call: a reply or a failure.</summary>
internal readonly record struct CallOutcome(EndMeta End, ReadOnlySequence<byte> Payload)
{
    public static CallOutcome Cancelled { get; } = Failure(StatusCode.Cancelled, "The call was cancelled.");

    public static CallOutcome DeadlineExceeded { get; } =
        Failure(StatusCode.DeadlineExceeded, "The deadline passed at the worker.");

    public static CallOutcome RequestTooLarge { get; } =
        Failure(StatusCode.ResourceExhausted, "The request is larger than the worker takes.");

    public static CallOutcome SecondMessage { get; } =
        Failure(StatusCode.InvalidArgument, "The route takes one message; the request has more.");

    public static CallOutcome Failure(StatusCode status, string message) => new(new EndMeta(status, message), default);

    /// <summary>The outcome of a handler that returned a reply.</summary>
    /// <param name="reply">What it returned; null is its mistake.</param>
    /// <param name="maxPayload">The largest message that the broker takes, inclusive.</param>
    public static CallOutcome FromReply(Reply? reply, ulong maxPayload)
    {
        if (reply is null)
        {
            return Failure(StatusCode.Internal, "The handler returned no reply.");
        }

        if ((ulong)reply.PayloadSequence.Length > maxPayload)
        {
            return Failure(StatusCode.ResourceExhausted, "The reply is larger than the broker takes.");
        }

        bool isPlain = string.IsNullOrEmpty(reply.ContentType) && reply.Metadata.Count == 0 && reply.Detail.IsEmpty;
        EndMeta end = isPlain
            ? EndMeta.Ok
            : new EndMeta(StatusCode.Ok, ContentType: reply.ContentType) { Metadata = reply.Metadata, Detail = reply.Detail };
        return new CallOutcome(end, reply.PayloadSequence);
    }

    /// <summary>The outcome of a call whose reply is in memory that can't be read.</summary>
    public static CallOutcome OfUnreadableReply(Exception exception) =>
        Failure(StatusCode.Internal, $"The reply can't be read: {ExceptionMap.DescriptionOf(exception, false)}");

    /// <summary>The outcome of a handler that threw.</summary>
    /// <param name="exception">What it threw.</param>
    /// <param name="tokenFired">
    /// The handler's token had fired. The session turns the outcome of a call that was cancelled into cancelled, so what
    /// is left here is the deadline.
    /// </param>
    /// <param name="includeStackTrace">The message for people has the stack trace, as far as there is room.</param>
    public static CallOutcome FromException(Exception exception, bool tokenFired, bool includeStackTrace)
    {
        exception = ExceptionMap.Unwrap(exception);
        if (exception is CallFailedException failure)
        {
            return new CallOutcome(failure.ToEnd(), default);
        }

        if (exception is OperationCanceledException && tokenFired)
        {
            return DeadlineExceeded;
        }

        return Failure(ExceptionMap.StatusOf(exception), ExceptionMap.DescriptionOf(exception, includeStackTrace));
    }
}
