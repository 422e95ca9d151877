// SPDX-License-Identifier: Apache-2.0
using System;
using System.IO;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PlugBroker.Worker.Channel;

/// <summary>Who owns a pipe that this process has connected to.</summary>
internal static class PipeOwner
{
    private const int KernelObject = 6;
    private const uint OwnerInformation = 1;
    private const uint TokenQuery = 8;
    private const int TokenUser = 1;

    /// <exception cref="IOException">The owner is not the user that this process runs as, or can't be told.</exception>
    public static void RequireCurrentUser(SafePipeHandle pipe)
    {
        uint error = GetSecurityInfo(
            pipe.DangerousGetHandle(), KernelObject, OwnerInformation, out IntPtr owner, IntPtr.Zero, IntPtr.Zero, IntPtr.Zero,
            out IntPtr descriptor);
        if (error != 0)
        {
            throw new IOException($"GetSecurityInfo failed with {error}.");
        }

        try
        {
            if (!IsCurrentUser(owner))
            {
                throw new IOException("the pipe belongs to somebody else.");
            }
        }
        finally
        {
            LocalFree(descriptor);
        }
    }

    private static bool IsCurrentUser(IntPtr sid)
    {
        if (OpenProcessToken(GetCurrentProcess(), TokenQuery, out IntPtr token) == 0)
        {
            throw new IOException($"OpenProcessToken failed with {Marshal.GetLastWin32Error()}.");
        }

        using var closesTheToken = new SafeWaitHandle(token, ownsHandle: true);  // any kernel handle

        // TOKEN_USER: a pointer to the SID, its attributes, and the SID itself, of at most 68 bytes.
        IntPtr user = Marshal.AllocHGlobal(256);
        try
        {
            if (GetTokenInformation(token, TokenUser, user, 256, out _) == 0)
            {
                throw new IOException($"GetTokenInformation failed with {Marshal.GetLastWin32Error()}.");
            }

            return EqualSid(Marshal.ReadIntPtr(user), sid) != 0;
        }
        finally
        {
            Marshal.FreeHGlobal(user);
        }
    }

    [DllImport("advapi32.dll", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern uint GetSecurityInfo(
        IntPtr handle, int kind, uint wanted, out IntPtr owner, IntPtr group, IntPtr dacl, IntPtr sacl,
        out IntPtr descriptor);

    [DllImport("advapi32.dll", ExactSpelling = true, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int OpenProcessToken(IntPtr process, uint access, out IntPtr token);

    [DllImport("advapi32.dll", ExactSpelling = true, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int GetTokenInformation(IntPtr token, int kind, IntPtr information, int size, out int needed);

    [DllImport("advapi32.dll", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int EqualSid(IntPtr first, IntPtr second);

    [DllImport("kernel32.dll", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern IntPtr GetCurrentProcess();

    [DllImport("kernel32.dll", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern IntPtr LocalFree(IntPtr memory);
}
