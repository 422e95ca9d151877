// SPDX-License-Identifier: Apache-2.0
// Connects to the pipe named by the first argument, reads as many bytes as the second says, writes them back, ends.
using System.IO.Pipes;

using var pipe = new NamedPipeClientStream(".", args[0], PipeDirection.InOut);
pipe.Connect(30_000);
var request = new byte[int.Parse(args[1])];
pipe.ReadExactly(request);
pipe.Write(request);
