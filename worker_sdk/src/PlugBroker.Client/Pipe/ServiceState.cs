// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace PlugBroker.Client.Pipe;

internal enum ServiceState
{
    NotInstalled,
    Stopped,
    Stopping,
    Starting,
    Running,

    /// <summary>Windows does not tell this user.</summary>
    Unknown,
}

/// <summary>What the service control manager says of a service.</summary>
internal static class ServiceStates
{
    public static unsafe ServiceState Query(string serviceName)
    {
        nint manager = NativeMethods.OpenSCManagerW(0, 0, NativeMethods.ServiceControlManagerConnect);
        if (manager == 0)
        {
            return ServiceState.Unknown;
        }

        fixed (char* name = serviceName)
        {
            nint service = NativeMethods.OpenServiceW(manager, name, NativeMethods.ServiceQueryStatus);
            int error = Marshal.GetLastWin32Error();
            ServiceState state = service != 0 ? StateOf(service)
                : error == NativeMethods.ErrorServiceDoesNotExist ? ServiceState.NotInstalled
                : ServiceState.Unknown;
            if (service != 0)
            {
                _ = NativeMethods.CloseServiceHandle(service);
            }

            _ = NativeMethods.CloseServiceHandle(manager);
            return state;
        }
    }

    private static ServiceState StateOf(nint service)
    {
        if (NativeMethods.QueryServiceStatus(service, out NativeMethods.ServiceStatus status) == 0)
        {
            return ServiceState.Unknown;
        }

        // SERVICE_STOPPED 1, START_PENDING 2, STOP_PENDING 3, RUNNING 4, CONTINUE_PENDING 5, the paused ones 6 and 7.
        return status.CurrentState switch
        {
            2 => ServiceState.Starting,
            3 => ServiceState.Stopping,
            4 or 5 => ServiceState.Running,
            _ => ServiceState.Stopped,
        };
    }
}
