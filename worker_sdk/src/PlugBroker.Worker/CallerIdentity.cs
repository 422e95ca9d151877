// SPDX-License-Identifier: Apache-2.0
using System;

namespace PlugBroker.Worker;

/// <summary>
/// Who calls, as the service has found out from the caller's token. The service vouches for it: nothing of it is the caller's
/// own word.
/// </summary>
/// <remarks>
/// It is who the caller was when it connected. The service never acts as the caller, and neither can a worker: this is for
/// decisions and for logs.
/// </remarks>
public sealed class CallerIdentity
{
    /// <summary>Makes one, for instance to test a handler.</summary>
    /// <param name="sid">The SID of the account, such as <c>S-1-5-18</c>.</param>
    public CallerIdentity(string sid)
    {
        ArgumentNullException.ThrowIfNull(sid);
        Sid = sid;
    }

    /// <summary>The SID of the account: what decisions are made by, since names can change.</summary>
    public string Sid { get; }

    /// <summary>
    /// The name of the account, <c>DOMAIN\name</c>, for people. Null when it is not known: looking it up can take a while, so
    /// the first calls of a user may come without.
    /// </summary>
    public string? AccountName { get; init; }

    /// <summary>The mandatory integrity level of the caller's process; null when the service could not tell it.</summary>
    public CallerIntegrity? Integrity { get; init; }

    /// <summary>
    /// The number of the Windows session in which the caller runs; 0 is that of services. Null when the service could not tell
    /// it.
    /// </summary>
    public long? SessionId { get; init; }

    /// <summary>The account's name if it is known, and its SID.</summary>
    public override string ToString() => AccountName is null ? Sid : $"{AccountName} ({Sid})";
}
