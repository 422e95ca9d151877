// SPDX-License-Identifier: Apache-2.0
namespace PlugBroker.Client;

/// <summary>Whether a call that failed may be made again.</summary>
public enum RetryAdvice
{
    /// <summary>It would fail again, or a worker may have done what it asks for.</summary>
    Never = 0,

    /// <summary>No worker has seen it: it may be made again at once.</summary>
    Safe = 1,

    /// <summary>It may be made again after a while.</summary>
    AfterBackoff = 2,
}

/// <summary>Who decided how a call ended.</summary>
public enum CallOrigin
{
    /// <summary>This library.</summary>
    Client = 1,

    /// <summary>The PlugBroker service.</summary>
    Broker = 2,

    /// <summary>The worker.</summary>
    Worker = 3,
}
