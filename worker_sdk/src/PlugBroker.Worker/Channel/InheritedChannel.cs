// SPDX-License-Identifier: Apache-2.0
using System;
using System.IO;
using System.IO.Pipes;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace PlugBroker.Worker.Channel;

/// <summary>Opens the pipe end that the broker let this process inherit.</summary>
internal static partial class InheritedChannel
{
    private const uint HandleFlagInherit = 1;
    private const uint PipeType = 3;

    /// <summary>
    /// Takes ownership of the handle. It is no longer inherited by processes that this one starts: they would keep the
    /// channel open after this process is gone.
    /// </summary>
    /// <exception cref="IOException">The handle is not an open pipe.</exception>
    public static IByteChannel Open(nint handle)
    {
        var pipe = new SafePipeHandle(handle, ownsHandle: true);
        try
        {
            if (!OperatingSystem.IsWindows())
            {
                return new StreamChannel(new NamedPipeClientStream(PipeDirection.InOut, isAsync: true, isConnected: true, pipe));
            }

            StopInheriting(pipe);
            RequirePipe(pipe);
            return new OverlappedPipe(pipe);
        }
        catch (Exception exception) when (exception is ArgumentException or IOException or NotSupportedException)
        {
            pipe.SetHandleAsInvalid();
            throw new IOException($"The channel's handle {handle} is not an open pipe: {exception.Message}", exception);
        }
    }

#if NET
    [SupportedOSPlatform("windows")]
#endif
    private static void RequirePipe(SafePipeHandle handle)
    {
        if (GetFileType(handle) != PipeType)
        {
            throw new IOException("it is something else.");
        }
    }

#if NET
    [SupportedOSPlatform("windows")]
#endif
    private static void StopInheriting(SafePipeHandle pipe)
    {
        if (!SetHandleInformation(pipe, HandleFlagInherit, 0))
        {
            throw new IOException($"SetHandleInformation failed with {Marshal.GetLastWin32Error()}.");
        }
    }

#if NET
    [LibraryImport("kernel32.dll", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool SetHandleInformation(SafePipeHandle handle, uint mask, uint flags);

    [LibraryImport("kernel32.dll")]
    private static partial uint GetFileType(SafePipeHandle handle);
#else
    [DllImport("kernel32.dll", SetLastError = true, ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static extern bool SetHandleInformation(SafePipeHandle handle, uint mask, uint flags);

    [DllImport("kernel32.dll", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern uint GetFileType(SafePipeHandle handle);
#endif
}
