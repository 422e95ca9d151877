// SPDX-License-Identifier: Apache-2.0
namespace PlugBroker.Wire;

/// <summary>Whether the caller may repeat a call.</summary>
internal enum RetryClass : byte
{
    Never = 0,
    Safe = 1,
    AfterBackoff = 2,
}

/// <summary>Who decided how a call ended.</summary>
internal enum EndOrigin : byte
{
    Client = 1,
    Broker = 2,
    Worker = 3,
}
