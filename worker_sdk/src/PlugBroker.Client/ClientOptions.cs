// SPDX-License-Identifier: Apache-2.0
using System;

namespace PlugBroker.Client;

/// <summary>How serious a log line is.</summary>
public enum ClientLogLevel
{
    /// <summary>The service broke the protocol.</summary>
    Error = 0,

    /// <summary>There is no connection, or an owner is trusted only because an option says so.</summary>
    Warning = 1,

    /// <summary>A connection was made or left.</summary>
    Information = 2,
}

/// <summary>Which service a client talks to, and how. Read once, by the client's constructor.</summary>
public sealed class ClientOptions
{
    /// <summary>The pipe of a service with an ordinary configuration.</summary>
    public const string DefaultPipeName = @"\\.\pipe\PlugBroker";

    /// <summary>The name of a service installed in the ordinary way.</summary>
    public const string DefaultServiceName = "PlugBroker";

    /// <summary>The service's pipe: <c>\\.\pipe\</c> and a name, of this machine.</summary>
    public string PipeName { get; set; } = DefaultPipeName;

    /// <summary>The service's name: its account must own the pipe, and its state tells why there is no pipe.</summary>
    public string ServiceName { get; set; } = DefaultServiceName;

    /// <summary>
    /// Who may own the pipe beside the service's account and SYSTEM: SIDs and <c>current_user</c>, with semicolons
    /// between. For a service in a console. PLUGBROKER_TRUSTED_OWNERS of the environment adds further ones.
    /// </summary>
    public string? TrustedOwners { get; set; }

    /// <summary>The largest message, either way, in bytes: 1 to 1,073,741,824. The service may take less.</summary>
    public long MaxPayload { get; set; } = 64 * 1024 * 1024;

    /// <summary>Names the program in the service's log, at most 40 characters.</summary>
    public string? UserName { get; set; }

    /// <summary>
    /// Gets a line when a connection is made, lost or refused. It is called on any thread, one at a time or several at
    /// once, and never inside a lock of the library. What it throws is passed over. It must not dispose the client.
    /// </summary>
    public Action<ClientLogLevel, string>? Log { get; set; }
}
