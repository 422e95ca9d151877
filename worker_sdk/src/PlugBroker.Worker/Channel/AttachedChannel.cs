// SPDX-License-Identifier: Apache-2.0
using System;
using System.IO;
using System.IO.Pipes;
using System.Security.Principal;
using System.Threading;
using System.Threading.Tasks;

namespace PlugBroker.Worker.Channel;

/// <summary>
/// The channel of a worker that its author started, in a debugger perhaps: a pipe of
/// <c>plugbroker-service console --attach POOL</c>, which the same user runs.
/// </summary>
internal static class AttachedChannel
{
    /// <summary>For the console to be started, or for the worker before this one to be gone.</summary>
    private static readonly TimeSpan _longestWait = TimeSpan.FromMinutes(1);

    /// <summary>The pipe's name without <c>\\.\pipe\</c>.</summary>
    public static string PipeName(string pool) => "PlugBroker.Attach." + pool;

    /// <summary>Connects, and sees that the pipe belongs to this user before anything is written to it.</summary>
    /// <param name="pool">The name of the console's pool.</param>
    /// <param name="log">Is told what is being waited for.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <exception cref="IOException">Nobody offers the pipe, or somebody else does.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> fired first.</exception>
    public static async Task<IByteChannel> OpenAsync(string pool, TextWriter log, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        if (!OperatingSystem.IsWindows())
        {
            throw new IOException("a worker attaches on Windows only.");
        }

        await log.WriteLineAsync($"PlugBroker.Worker: attaching to plugbroker-service console --attach {pool}, for up to {_longestWait.TotalSeconds:0} s")
            .ConfigureAwait(false);
        var pipe = new NamedPipeClientStream(
            ".", PipeName(pool), PipeDirection.InOut, PipeOptions.Asynchronous, TokenImpersonationLevel.Identification);
        try
        {
            await pipe.ConnectAsync((int)_longestWait.TotalMilliseconds, stop).ConfigureAwait(false);
            PipeOwner.RequireCurrentUser(pipe.SafePipeHandle);
            return new OverlappedPipe(pipe.SafePipeHandle, pipe);
        }
        catch (OperationCanceledException)
        {
            pipe.Dispose();
            throw;
        }
        catch (Exception exception) when (exception is TimeoutException or UnauthorizedAccessException or IOException)
        {
            pipe.Dispose();
            string reason = exception is TimeoutException ? "nobody offers it (is the service running with --attach and this pool's name?), or another worker has it" : exception.Message;
            throw new IOException($@"\\.\pipe\{PipeName(pool)} can't be had: {reason}", exception);
        }
    }
}
