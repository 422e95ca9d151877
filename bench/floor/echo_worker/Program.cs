// SPDX-License-Identifier: Apache-2.0
// EchoWorker PIPE: connects to the pipe (the name after \\.\pipe\) and writes back what comes: all whole frames that a
// read brought, in one write, with blocking calls. Ends with the pipe.
using System;
using System.Buffers.Binary;
using System.IO.Pipes;

const int HeaderBytes = 8;
const int ReadBytes = 80 * 1024;

using var pipe = new NamedPipeClientStream(".", args[0], PipeDirection.InOut);
pipe.Connect(30_000);
byte[] buffer = new byte[2 * ReadBytes];
int have = 0;
while (true)
{
    if (buffer.Length - have < ReadBytes)
    {
        Array.Resize(ref buffer, have + ReadBytes);
    }

    int read = pipe.Read(buffer, have, ReadBytes);
    if (read == 0)
    {
        return;
    }

    have += read;
    int whole = WholeFrames(buffer.AsSpan(0, have));
    if (whole > 0)
    {
        pipe.Write(buffer, 0, whole);
        Buffer.BlockCopy(buffer, whole, buffer, 0, have - whole);
        have -= whole;
    }
}

static int WholeFrames(ReadOnlySpan<byte> bytes)
{
    int at = 0;
    while (bytes.Length - at >= HeaderBytes)
    {
        int length = HeaderBytes + BinaryPrimitives.ReadInt32LittleEndian(bytes[at..]);
        if (bytes.Length - at < length)
        {
            break;
        }

        at += length;
    }

    return at;
}
