// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.IO;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using PlugBroker.Client.Core;

namespace PlugBroker.Client.Pipe;

/// <summary>Whose pipes this client talks to. Needs Windows.</summary>
internal sealed class ServerOwner
{
    private const string EnvironmentName = "PLUGBROKER_TRUSTED_OWNERS";

    /// <summary>TOKEN_USER with the longest SID.</summary>
    private const int TokenUserBytes = 16 + 68;

    private readonly string _serviceSid;
    private readonly HashSet<string> _further = new(StringComparer.Ordinal);

    /// <exception cref="ArgumentException">The service's name, the option or the environment's variable is wrong.</exception>
    public ServerOwner(string serviceName, string? option)
    {
        _serviceSid = TrustedOwners.ServiceSid(serviceName);
        Add(TrustedOwners.Parse(option));
        try
        {
            Add(TrustedOwners.Parse(Environment.GetEnvironmentVariable(EnvironmentName)));
        }
        catch (ArgumentException exception)
        {
            throw new ArgumentException($"{EnvironmentName}: {exception.Message}", exception);
        }
    }

    /// <summary>The SID in text of the pipe's owner.</summary>
    /// <exception cref="IOException">It cannot be read; the message says which call failed.</exception>
    public static string Of(SafePipeHandle pipe)
    {
        int error = NativeMethods.GetSecurityInfo(
            pipe, NativeMethods.KernelObject, NativeMethods.OwnerSecurityInformation, out nint owner, 0, 0, 0,
            out nint descriptor);
        if (error != 0)
        {
            throw new IOException($"GetSecurityInfo failed with {error}");
        }

        try
        {
            return owner == 0 ? throw new IOException("the pipe has no owner") : ToText(owner);
        }
        finally
        {
            NativeMethods.LocalFree(descriptor);
        }
    }

    public bool IsBuiltIn(string owner) => owner == _serviceSid || owner == TrustedOwners.LocalSystemSid;

    public bool IsTrustedByOption(string owner) => _further.Contains(owner);

    private static string ToText(nint sid)
    {
        if (NativeMethods.ConvertSidToStringSidW(sid, out nint text) == 0)
        {
            throw new IOException($"ConvertSidToStringSid failed with {Marshal.GetLastWin32Error()}");
        }

        string result = Marshal.PtrToStringUni(text)!;
        NativeMethods.LocalFree(text);
        return result;
    }

    /// <summary>The SID as Windows spells it.</summary>
    private static unsafe string Normalised(string text)
    {
        fixed (char* from = text)
        {
            if (NativeMethods.ConvertStringSidToSidW(from, out nint sid) == 0)
            {
                throw new ArgumentException($"trusted owner '{text}' is no SID", nameof(text));
            }

            string result = ToText(sid);
            NativeMethods.LocalFree(sid);
            return result;
        }
    }

    private static unsafe string CurrentUser()
    {
        if (NativeMethods.OpenProcessToken(NativeMethods.GetCurrentProcess(), NativeMethods.TokenQuery, out nint token) == 0)
        {
            throw new IOException($"OpenProcessToken failed with {Marshal.GetLastWin32Error()}");
        }

        try
        {
            // TOKEN_USER begins with the pointer to the SID; long makes it aligned.
            long* buffer = stackalloc long[(TokenUserBytes + 7) / 8];
            return NativeMethods.GetTokenInformation(token, NativeMethods.TokenUser, buffer, TokenUserBytes, out _) == 0
                ? throw new IOException($"GetTokenInformation failed with {Marshal.GetLastWin32Error()}")
                : ToText(*(nint*)buffer);
        }
        finally
        {
            _ = NativeMethods.CloseHandle(token);
        }
    }

    private void Add(IReadOnlyList<string> entries)
    {
        foreach (string entry in entries)
        {
            _further.Add(entry == TrustedOwners.CurrentUserWord ? CurrentUser() : Normalised(entry));
        }
    }
}
