// SPDX-License-Identifier: Apache-2.0
using System;
using System.IO;
using System.IO.Pipes;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Win32.SafeHandles;
using PlugBroker.Client.Core;

namespace PlugBroker.Client.Pipe;

/// <summary>Opens the service's pipe, and says by Windows' errors and the service's state why that doesn't go.</summary>
internal sealed class WindowsPipeConnector : IPipeConnector
{
    private readonly string _pipeName;
    private readonly string _serviceName;
    private readonly ServerOwner _owners;

    /// <exception cref="ArgumentException">An option is wrong.</exception>
    public WindowsPipeConnector(ClientOptions options)
    {
        if (!TrustedOwners.IsLocalPipeName(options.PipeName))
        {
            throw new ArgumentException(@"PipeName is not of the form \\.\pipe\name", nameof(options));
        }

        _pipeName = options.PipeName;
        _serviceName = options.ServiceName;
        _owners = new ServerOwner(options.ServiceName, options.TrustedOwners);
    }

    public Task<ConnectAttempt> ConnectAsync(CancellationToken cancellationToken) => Task.FromResult(Connect());

    /// <summary>
    /// There is the pipe, and nobody who takes this client: the service has no instance left at the moment, which a
    /// call waits for, or makes none any more because it stops, which ends the call. A service in a console can't be
    /// asked.
    /// </summary>
    internal static ConnectFailure PipeIsBusy(string pipe, string service, ServiceState state)
    {
        string taken = $"all instances of the pipe {pipe} are taken";
        return state switch
        {
            ServiceState.Stopping =>
                new ConnectFailure(ConnectFailureKind.Stopped, $"the service '{service}' is stopping ({taken})"),
            ServiceState.Running => new ConnectFailure(ConnectFailureKind.Busy, $"{taken}: the service is busy"),
            _ => new ConnectFailure(ConnectFailureKind.Busy, $"{taken}: the service is busy or stopping"),
        };
    }

    private static ConnectAttempt Failed(ConnectFailureKind kind, string message) =>
        new() { Failure = new ConnectFailure(kind, message) };

    private static unsafe SafePipeHandle Open(string name, out int error)
    {
        fixed (char* text = name)
        {
            SafePipeHandle pipe = NativeMethods.CreateFileW(
                text, NativeMethods.GenericReadWrite, 0, 0, NativeMethods.OpenExisting,
                NativeMethods.OverlappedWithIdentification, 0);
            error = Marshal.GetLastWin32Error();
            return pipe;
        }
    }

    private ConnectAttempt Connect()
    {
        SafePipeHandle pipe = Open(_pipeName, out int error);
        if (pipe.IsInvalid)
        {
            pipe.Dispose();
            return OpenFailed(error);
        }

        ConnectAttempt attempt = Examine(pipe);
        if (attempt.Pipe is null)
        {
            pipe.Dispose();
        }

        return attempt;
    }

    private ConnectAttempt Examine(SafePipeHandle pipe)
    {
        string owner;
        try
        {
            owner = ServerOwner.Of(pipe);
        }
        catch (IOException exception)
        {
            return Failed(
                ConnectFailureKind.WrongOwner,
                $"the owner of the pipe {_pipeName} can't be read ({exception.Message}): nothing was sent");
        }

        bool builtIn = _owners.IsBuiltIn(owner);
        if (!builtIn && !_owners.IsTrustedByOption(owner))
        {
            return Failed(
                ConnectFailureKind.WrongOwner,
                $"the pipe {_pipeName} belongs to {owner}, which is not trusted: nothing was sent (for development, "
                    + "the environment variable PLUGBROKER_TRUSTED_OWNERS can name further owners)");
        }

        return new ConnectAttempt
        {
            Pipe = new NamedPipeClientStream(PipeDirection.InOut, isAsync: true, isConnected: true, pipe),
            TrustedByOption = builtIn ? null : owner,
        };
    }

    private ConnectAttempt OpenFailed(int error) => error switch
    {
        NativeMethods.ErrorFileNotFound or NativeMethods.ErrorPathNotFound => NoSuchPipe(),
        NativeMethods.ErrorPipeBusy =>
            new() { Failure = PipeIsBusy(_pipeName, _serviceName, ServiceStates.Query(_serviceName)) },
        NativeMethods.ErrorAccessDenied =>
            Failed(ConnectFailureKind.AccessDenied, $"this user may not open the pipe {_pipeName}"),
        _ => Failed(ConnectFailureKind.SystemError, $"CreateFile {_pipeName} failed with error {error}"),
    };

    private ConnectAttempt NoSuchPipe()
    {
        string service = $"the service '{_serviceName}'";
        string pipe = $"(there is no pipe {_pipeName})";
        return ServiceStates.Query(_serviceName) switch
        {
            ServiceState.NotInstalled => Failed(ConnectFailureKind.NotInstalled, $"{service} is not installed {pipe}"),
            ServiceState.Stopped => Failed(ConnectFailureKind.Stopped, $"{service} is stopped {pipe}"),
            ServiceState.Stopping => Failed(ConnectFailureKind.Stopped, $"{service} is stopping {pipe}"),
            ServiceState.Starting => Failed(ConnectFailureKind.Starting, $"{service} is starting {pipe}"),
            ServiceState.Running =>
                Failed(ConnectFailureKind.Unreachable, $"{service} is running, but not on this pipe {pipe}"),
            _ => Failed(ConnectFailureKind.Unreachable, $"nothing can be found out about {service} {pipe}"),
        };
    }
}
