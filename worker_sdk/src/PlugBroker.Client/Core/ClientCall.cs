// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using PlugBroker.Wire;

namespace PlugBroker.Client.Core;

internal enum CallKind
{
    /// <summary>One message each way.</summary>
    Unary,

    /// <summary>Any number of messages each way.</summary>
    Stream,

    /// <summary>Nothing is sent: it ends once there is a connection.</summary>
    Readiness,
}

internal enum CallStage
{
    Idle,

    /// <summary>For a connection that takes it.</summary>
    Waiting,

    /// <summary>To be sent again, later.</summary>
    BackingOff,

    /// <summary>On a connection; no byte of it was handed to a write.</summary>
    Unsent,
    Sent,
    Ended,
}

/// <summary>What is said of a call beside its messages.</summary>
internal sealed class CallHead(byte[] route)
{
    public byte[] Route { get; } = route;

    public string? ContentType { get; init; }

    public string? IdempotencyKey { get; init; }

    public string? TraceParent { get; init; }

    public string? TraceState { get; init; }

    public IReadOnlyList<KeyValuePair<string, string>>? Metadata { get; init; }

    public RequestMeta ToMeta() => new()
    {
        Route = Route,
        ContentType = ContentType,
        IdempotencyKey = IdempotencyKey,
        TraceParent = TraceParent,
        TraceState = TraceState,
        Metadata = Metadata,
    };
}

/// <summary>
/// One call: what its owner asks for, what has come of it, and its place in the <see cref="ClientSession"/> that runs it.
/// </summary>
/// <param name="kind">Decides which of the wire's rules hold.</param>
/// <param name="head">Not read for <see cref="CallKind.Readiness"/>.</param>
/// <param name="request">The messages to send.</param>
/// <param name="deadline">On the session's clock.</param>
internal sealed class ClientCall(CallKind kind, CallHead head, OutgoingRequest request, TimeSpan deadline)
{
    public CallKind Kind { get; } = kind;

    public CallHead Head { get; } = head;

    public OutgoingRequest Request { get; } = request;

    public TimeSpan Deadline { get; } = deadline;

    /// <summary>How often it may be sent again after a failure that allows it.</summary>
    public int Retries { get; set; }

    /// <summary>Waits for a connection as long as waiting can help.</summary>
    public bool WaitForReady { get; init; }

    /// <summary>Called under the client's lock: it ended, has a message to take, or has sent something.</summary>
    public Action<ClientCall>? Changed { get; set; }

    /// <summary>What has come of the reply and was not taken.</summary>
    public IncomingMessages Reply { get; } = new();

    /// <summary>Set once it has ended.</summary>
    public EndMeta? Outcome { get; set; }

    /// <summary>How often a byte of it was sent.</summary>
    public int Attempts { get; set; }

    public CallStage Stage { get; set; } = CallStage.Idle;

    public bool Ended => Stage == CallStage.Ended;

    // For ClientSession and ClientConnection.

    /// <summary>The order of submission.</summary>
    public long Number { get; set; }

    /// <summary>Where it is while unsent or sent.</summary>
    public ClientConnection? Connection { get; set; }

    /// <summary>While sent.</summary>
    public OpenStream? Stream { get; set; }

    /// <summary>A frame of the reply has come.</summary>
    public bool ReplyStarted { get; set; }

    /// <summary>It is in its connection's queue of calls with news.</summary>
    public bool ToldSession { get; set; }

    /// <summary>It is in the session's queue of calls with news.</summary>
    public bool ToldOwner { get; set; }

    /// <summary>When it wants attention; null without a timer.</summary>
    public TimeSpan? Timer { get; set; }
}

/// <summary>One stream id on one connection: open from REQUEST until END, whoever is still interested.</summary>
internal sealed class OpenStream(ulong id, ClientCall call, uint sendWindow)
{
    // Fields, as the windows are structures that change in place.
    public SendWindow Send = new(sendWindow);
    public ReceiveWindow Receive = new(WireLimits.StreamWindow);

    public ulong Id { get; } = id;

    /// <summary>Null once abandoned.</summary>
    public ClientCall? Call { get; set; } = call;

    /// <summary>It is in the queue of those that may have something to send.</summary>
    public bool Queued { get; set; }
}
