// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PlugBroker.Client.Pipe;

/// <summary>What is called of Windows. All of it is in every supported version.</summary>
internal static unsafe class NativeMethods
{
    public const int ErrorFileNotFound = 2;
    public const int ErrorPathNotFound = 3;
    public const int ErrorAccessDenied = 5;
    public const int ErrorPipeBusy = 231;
    public const int ErrorServiceDoesNotExist = 1060;

    public const uint GenericReadWrite = 0xC0000000;
    public const uint OpenExisting = 3;

    /// <summary>FILE_FLAG_OVERLAPPED, SECURITY_SQOS_PRESENT and SECURITY_IDENTIFICATION.</summary>
    public const uint OverlappedWithIdentification = 0x40000000 | 0x00100000 | 0x00010000;

    public const int KernelObject = 6;
    public const uint OwnerSecurityInformation = 1;
    public const uint TokenQuery = 8;
    public const int TokenUser = 1;
    public const uint ServiceControlManagerConnect = 1;
    public const uint ServiceQueryStatus = 4;

    [DllImport("kernel32.dll", SetLastError = true, ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    public static extern SafePipeHandle CreateFileW(
        char* name, uint access, uint share, nint security, uint disposition, uint flags, nint template);

    [DllImport("kernel32.dll", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    public static extern nint LocalFree(nint memory);

    [DllImport("kernel32.dll", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    public static extern nint GetCurrentProcess();

    [DllImport("kernel32.dll", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    public static extern int CloseHandle(nint handle);

    [DllImport("kernel32.dll", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    public static extern int QueryUnbiasedInterruptTime(out ulong hundredNanoseconds);

    [DllImport("advapi32.dll", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    public static extern int GetSecurityInfo(
        SafePipeHandle handle, int type, uint information, out nint owner, nint group, nint dacl, nint sacl,
        out nint descriptor);

    [DllImport("advapi32.dll", SetLastError = true, ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    public static extern int ConvertSidToStringSidW(nint sid, out nint text);

    [DllImport("advapi32.dll", SetLastError = true, ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    public static extern int ConvertStringSidToSidW(char* text, out nint sid);

    [DllImport("advapi32.dll", SetLastError = true, ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    public static extern int OpenProcessToken(nint process, uint access, out nint token);

    [DllImport("advapi32.dll", SetLastError = true, ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    public static extern int GetTokenInformation(nint token, int information, void* to, int length, out int used);

    [DllImport("advapi32.dll", SetLastError = true, ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    public static extern nint OpenSCManagerW(nint machine, nint database, uint access);

    [DllImport("advapi32.dll", SetLastError = true, ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    public static extern nint OpenServiceW(nint manager, char* name, uint access);

    [DllImport("advapi32.dll", SetLastError = true, ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    public static extern int QueryServiceStatus(nint service, out ServiceStatus status);

    [DllImport("advapi32.dll", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    public static extern int CloseServiceHandle(nint handle);

    /// <summary>SERVICE_STATUS; only the state is read.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct ServiceStatus
    {
        public uint Type;
        public uint CurrentState;
        public uint ControlsAccepted;
        public uint ExitCode;
        public uint ServiceExitCode;
        public uint CheckPoint;
        public uint WaitHint;
    }
}
