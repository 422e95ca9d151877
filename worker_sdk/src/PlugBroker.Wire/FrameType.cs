// SPDX-License-Identifier: Apache-2.0
using System;

namespace PlugBroker.Wire;

internal enum FrameType : byte
{
    Hello = 1,
    HelloAck = 2,
    Ready = 3,
    Request = 4,
    Data = 5,
    End = 6,
    Cancel = 7,
    Window = 8,
    Ping = 9,
    Pong = 10,
    GoAway = 11,
    Lane = 12,
    Unimplemented = 13,
}

[Flags]
internal enum FrameFlags : ushort
{
    None = 0,

    /// <summary>The caller sends no more on this stream.</summary>
    EndStream = 0x0001,

    /// <summary>The message goes on in the stream's next DATA.</summary>
    More = 0x0002,

    /// <summary>The frame, a REQUEST or the caller's last DATA, carries no message and no part of one.</summary>
    NoMessage = 0x0004,
}
