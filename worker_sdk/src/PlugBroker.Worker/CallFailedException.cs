// SPDX-License-Identifier: Apache-2.0
using System;
using PlugBroker.Wire;

namespace PlugBroker.Worker;

/// <summary>Thrown by a handler to end its call with a status and a sentence that the caller sees.</summary>
public sealed class CallFailedException : Exception
{
    private static readonly TimeSpan _longestRetryAfter = TimeSpan.FromHours(24);

    private ReadOnlyMemory<byte> _detail;
    private TimeSpan? _retryAfter;

    /// <summary>Ends the call with <paramref name="status"/>, which must be a failure.</summary>
    /// <param name="status">Any status but <see cref="StatusCode.Ok"/>.</param>
    /// <param name="message">A sentence for people; at most 1,024 bytes of UTF-8 reach the caller.</param>
    /// <param name="innerException">What caused it; stays in this process.</param>
    public CallFailedException(StatusCode status, string message, Exception? innerException = null)
        : base(message, innerException)
    {
        if (status is StatusCode.Ok or > StatusCode.Unauthenticated)
        {
            throw new ArgumentOutOfRangeException(nameof(status), status, "A failed call needs a status that is a failure.");
        }

        Status = status;
    }

    /// <summary>The status that the caller gets.</summary>
    public StatusCode Status { get; }

    /// <summary>Bytes for the caller's program, at most 2,048.</summary>
    /// <exception cref="ArgumentException">There are more.</exception>
    public ReadOnlyMemory<byte> Detail
    {
        get => _detail;
        set => _detail = Reply.CheckDetail(value);
    }

    /// <summary>
    /// When the caller may try again, a hint of up to 24 hours. It says that trying again is sensible; the caller decides
    /// whether it is harmless.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not above zero, or longer.</exception>
    public TimeSpan? RetryAfter
    {
        get => _retryAfter;
        set
        {
            if (value is { } time && (time <= TimeSpan.Zero || time > _longestRetryAfter))
            {
                throw new ArgumentOutOfRangeException(nameof(value), value, "A retry comes after up to 24 hours.");
            }

            _retryAfter = value;
        }
    }

    internal EndMeta ToEnd()
    {
        RetryClass retry = _retryAfter is null ? RetryClass.Never : RetryClass.AfterBackoff;
        return new EndMeta(Status, Message, retry)
        {
            Detail = _detail,
            RetryAfterMicroseconds = _retryAfter is { } time ? (ulong)Math.Max(1, time.Ticks / 10) : 0,
        };
    }
}
