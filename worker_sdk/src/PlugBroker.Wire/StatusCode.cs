// SPDX-License-Identifier: Apache-2.0
#if PLUGBROKER_CLIENT
namespace PlugBroker.Client;
#else
namespace PlugBroker.Worker;
#endif

/// <summary>How a call ended. The names and numbers are those of gRPC; the numbers are on the wire.</summary>
public enum StatusCode : ushort
{
    /// <summary>The call succeeded.</summary>
    Ok = 0,

    /// <summary>The caller gave up.</summary>
    Cancelled = 1,

    /// <summary>Nothing better is known.</summary>
    Unknown = 2,

    /// <summary>The request is wrong, whatever the state of the system.</summary>
    InvalidArgument = 3,

    /// <summary>Time was up before the call had finished.</summary>
    DeadlineExceeded = 4,

    /// <summary>What the call asks for does not exist.</summary>
    NotFound = 5,

    /// <summary>What the call should create exists already.</summary>
    AlreadyExists = 6,

    /// <summary>The caller may not do this.</summary>
    PermissionDenied = 7,

    /// <summary>A limit was reached: size, count, quota.</summary>
    ResourceExhausted = 8,

    /// <summary>The system is not in the state that the call needs.</summary>
    FailedPrecondition = 9,

    /// <summary>A conflict with something else that was going on.</summary>
    Aborted = 10,

    /// <summary>A position beyond the valid range.</summary>
    OutOfRange = 11,

    /// <summary>The operation exists by name only.</summary>
    Unimplemented = 12,

    /// <summary>A fault of the handler or of PlugBroker itself.</summary>
    Internal = 13,

    /// <summary>Nobody can serve the call now.</summary>
    Unavailable = 14,

    /// <summary>Data is lost or corrupt.</summary>
    DataLoss = 15,

    /// <summary>Who the caller is could not be established.</summary>
    Unauthenticated = 16,
}
