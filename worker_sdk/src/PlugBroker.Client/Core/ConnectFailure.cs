// SPDX-License-Identifier: Apache-2.0
using PlugBroker.Wire;

namespace PlugBroker.Client.Core;

/// <summary>Why there is no connection.</summary>
internal enum ConnectFailureKind
{
    /// <summary>No such pipe, and no service of that name.</summary>
    NotInstalled,

    /// <summary>No such pipe, and the service is stopped, paused or stopping.</summary>
    Stopped,

    /// <summary>No such pipe yet: the service is starting.</summary>
    Starting,

    /// <summary>No such pipe, although the service runs, or nothing can be said of the service.</summary>
    Unreachable,

    /// <summary>The pipe is there, and all its instances are taken at the moment.</summary>
    Busy,

    /// <summary>Windows does not let this user open the pipe.</summary>
    AccessDenied,

    /// <summary>The pipe belongs to nobody who is trusted; nothing was sent to it.</summary>
    WrongOwner,

    /// <summary>What answers is no PlugBroker.</summary>
    NotOurPeer,

    /// <summary>The service answered and refused; the code is its own.</summary>
    Refused,

    /// <summary>The connection ended, or nothing was answered in time.</summary>
    LostWhileOpening,

    /// <summary>Any other error of the system.</summary>
    SystemError,
}

/// <summary>How a client acts on a failure.</summary>
/// <param name="Code">That a call ends with; of Refused the service's own code counts.</param>
/// <param name="Retry">Whether the call may be made again.</param>
/// <param name="Attempts">After so many failures in a row the waiting calls end; 0: they wait until their deadline.</param>
/// <param name="Mendable">A call that waits for a ready service keeps waiting.</param>
internal readonly record struct ConnectFailureRule(StatusCode Code, RetryClass Retry, int Attempts, bool Mendable);

/// <summary>One failed attempt to connect.</summary>
/// <param name="Kind">Decides the rule.</param>
/// <param name="Message">For people.</param>
/// <param name="Refusal">The service's code, only of Refused.</param>
internal sealed record ConnectFailure(
    ConnectFailureKind Kind, string Message, StatusCode Refusal = StatusCode.Internal)
{
    public ConnectFailureRule Rule => RuleOf(Kind);

    public StatusCode Code => Kind == ConnectFailureKind.Refused ? Refusal : Rule.Code;

    public RetryClass Retry => Kind == ConnectFailureKind.Refused && !MayPass ? RetryClass.Never : Rule.Retry;

    /// <summary>Waiting can't help.</summary>
    public bool IsFinal => !Rule.Mendable || (Kind == ConnectFailureKind.Refused && !MayPass);

    public EndMeta Outcome => ClientFailure.Make(Code, Message, Retry) with
    {
        Origin = Kind == ConnectFailureKind.Refused ? EndOrigin.Broker : EndOrigin.Client,
    };

    /// <summary>A refusal that time may lift: the service is stopping or full.</summary>
    private bool MayPass => Refusal is StatusCode.Unavailable or StatusCode.ResourceExhausted;

    public static ConnectFailureRule RuleOf(ConnectFailureKind kind) => kind switch
    {
        ConnectFailureKind.NotInstalled => new(StatusCode.FailedPrecondition, RetryClass.AfterBackoff, 1, true),
        ConnectFailureKind.Stopped => new(StatusCode.Unavailable, RetryClass.AfterBackoff, 1, true),
        ConnectFailureKind.Starting => new(StatusCode.Unavailable, RetryClass.AfterBackoff, 0, true),
        ConnectFailureKind.Unreachable => new(StatusCode.Unavailable, RetryClass.AfterBackoff, 1, true),
        ConnectFailureKind.Busy => new(StatusCode.Unavailable, RetryClass.AfterBackoff, 0, true),
        ConnectFailureKind.AccessDenied => new(StatusCode.PermissionDenied, RetryClass.Never, 1, false),
        ConnectFailureKind.WrongOwner => new(StatusCode.PermissionDenied, RetryClass.Never, 1, false),
        ConnectFailureKind.NotOurPeer => new(StatusCode.FailedPrecondition, RetryClass.Never, 1, false),
        ConnectFailureKind.Refused => new(StatusCode.Unavailable, RetryClass.AfterBackoff, 1, true),
        _ => new(StatusCode.Unavailable, RetryClass.AfterBackoff, 3, true),
    };
}
