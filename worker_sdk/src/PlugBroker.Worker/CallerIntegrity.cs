// SPDX-License-Identifier: Apache-2.0
namespace PlugBroker.Worker;

/// <summary>
/// A mandatory integrity level of Windows, as the last part of its SID. Values between these are possible, so compare with
/// <c>&gt;=</c> and <c>&lt;</c>.
/// </summary>
public enum CallerIntegrity
{
    /// <summary>Anonymous processes.</summary>
    Untrusted = 0x0000,

    /// <summary>Sandboxes.</summary>
    Low = 0x1000,

    /// <summary>What users normally run at.</summary>
    Medium = 0x2000,

    /// <summary>An elevated process.</summary>
    High = 0x3000,

    /// <summary>Services.</summary>
    System = 0x4000,
}
