// SPDX-License-Identifier: Apache-2.0
using System;
using System.ComponentModel;
using System.IO;
using System.Runtime.InteropServices;
using System.Threading;
using Microsoft.Win32.SafeHandles;

namespace PlugBroker.Worker.Channel;

/// <summary>
/// A channel on the handle of a Windows pipe that was opened for overlapped operations, which it owns. The thread that reads
/// or writes waits for the operation itself: no completion port, no thread pool.
/// </summary>
internal sealed unsafe class OverlappedPipe : IByteChannel
{
    private const int BrokenPipe = 109;
    private const int NoData = 232;
    private const int PipeNotConnected = 233;
    private const int OperationAborted = 995;
    private const int IoPending = 997;

    private readonly SafePipeHandle _pipe;
    private readonly IDisposable _owner;
    private readonly ManualResetEvent _readDone = new(false);
    private readonly ManualResetEvent _writeDone = new(false);
    private volatile bool _interrupted;

    /// <param name="pipe">Nobody else reads or writes by it.</param>
    /// <param name="owner">Disposed in place of the handle, when the handle is part of something else.</param>
    public OverlappedPipe(SafePipeHandle pipe, IDisposable? owner = null)
    {
        _pipe = pipe;
        _owner = owner ?? pipe;
    }

    public int Read(Memory<byte> buffer)
    {
        fixed (byte* to = buffer.Span)
        {
            int error = Move(true, to, buffer.Length, _readDone, out int count);
            return error switch
            {
                0 => count,
                BrokenPipe or PipeNotConnected => 0,
                _ => throw Failure(error),
            };
        }
    }

    public void Write(ReadOnlyMemory<byte> bytes)
    {
        fixed (byte* from = bytes.Span)
        {
            for (int written = 0; written < bytes.Length;)
            {
                int error = Move(false, from + written, bytes.Length - written, _writeDone, out int count);
                if (error != 0)
                {
                    throw Failure(error);
                }

                written += count;
            }
        }
    }

    public void Interrupt()
    {
        _interrupted = true;
        bool held = false;
        try
        {
            // An operation that begins now sees the flag before it waits.
            _pipe.DangerousAddRef(ref held);
            _ = CancelIoEx(_pipe.DangerousGetHandle(), null);
        }
        catch (ObjectDisposedException)
        {
        }
        finally
        {
            Release(held);
        }
    }

    public void Dispose()
    {
        Interrupt();
        _owner.Dispose();
    }

    private static Exception Failure(int error) => error == OperationAborted
        ? new OperationCanceledException("The channel was interrupted.")
        : new IOException(error is BrokenPipe or NoData or PipeNotConnected
            ? "The pipe is closed."
            : $"The pipe failed with {error}: {new Win32Exception(error).Message}");

    /// <summary>
    /// Begins an operation and waits for its end, whatever happens: until then the system uses what is on this stack.
    /// </summary>
    private int Move(bool reads, byte* buffer, int length, ManualResetEvent done, out int count)
    {
        count = 0;
        bool held = false;
        try
        {
            _pipe.DangerousAddRef(ref held);
            return _interrupted ? OperationAborted : Move(reads, _pipe.DangerousGetHandle(), buffer, length, done, out count);
        }
        catch (ObjectDisposedException)
        {
            return OperationAborted;
        }
        finally
        {
            Release(held);
        }
    }

    private int Move(bool reads, nint pipe, byte* buffer, int length, ManualResetEvent done, out int count)
    {
        // The lowest bit keeps the operation away from a completion port that the handle may belong to.
        Overlapped operation = new() { Event = (nint)((long)done.SafeWaitHandle.DangerousGetHandle() | 1) };
        uint moved = 0;
        int ended = reads
            ? ReadFile(pipe, buffer, length, &moved, &operation)
            : WriteFile(pipe, buffer, length, &moved, &operation);
        int error = ended != 0 ? 0 : Marshal.GetLastWin32Error();
        if (error == IoPending)
        {
            if (_interrupted)
            {
                _ = CancelIoEx(pipe, &operation);
            }

            error = GetOverlappedResult(pipe, &operation, &moved, 1) != 0 ? 0 : Marshal.GetLastWin32Error();
        }

        GC.KeepAlive(done);
        count = (int)moved;
        return error;
    }

    private void Release(bool held)
    {
        if (held)
        {
            _pipe.DangerousRelease();
        }
    }

    /// <summary>OVERLAPPED, with the offset that a pipe has not.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Overlapped
    {
        public nint Status;
        public nint Moved;
        public ulong Offset;
        public nint Event;
    }

    [DllImport("kernel32.dll", SetLastError = true, ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int ReadFile(nint pipe, byte* buffer, int length, uint* moved, Overlapped* operation);

    [DllImport("kernel32.dll", SetLastError = true, ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int WriteFile(nint pipe, byte* buffer, int length, uint* moved, Overlapped* operation);

    [DllImport("kernel32.dll", SetLastError = true, ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int GetOverlappedResult(nint pipe, Overlapped* operation, uint* moved, int wait);

    [DllImport("kernel32.dll", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int CancelIoEx(nint pipe, Overlapped* operation);
}
