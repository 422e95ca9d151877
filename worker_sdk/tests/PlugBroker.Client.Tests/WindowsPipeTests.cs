// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Pipes;
using System.Runtime.Versioning;
using System.Security.AccessControl;
using System.Security.Principal;
using System.Threading.Tasks;
using PlugBroker.Client.Core;
using PlugBroker.Client.Pipe;
using PlugBroker.Wire;

namespace PlugBroker.Client.Tests;

#pragma warning disable CA1416 // Every test is skipped elsewhere.

/// <summary>The client with real pipes, whose owner is the user who runs the tests.</summary>
public sealed class WindowsPipeTests
{
    private const string OnlyOnWindows = "pipes are opened by name on Windows only";

    /// <summary>Wine gives a server the level of impersonation whatever was asked for, so the request is looked at.</summary>
    [Fact]
    public void The_pipe_is_opened_overlapped_and_for_identification_only()
    {
        const uint overlapped = 0x4000_0000;
        const uint sqosPresent = 0x0010_0000;
        const uint identification = 0x0001_0000;

        Assert.Equal(overlapped | sqosPresent | identification, NativeMethods.OverlappedWithIdentification);
    }

    [Theory]
    [InlineData((int)ServiceState.Stopping, (int)ConnectFailureKind.Stopped, @"the service 'S' is stopping (all instances of the pipe \\.\pipe\P are taken)")]
    [InlineData((int)ServiceState.Running, (int)ConnectFailureKind.Busy, @"all instances of the pipe \\.\pipe\P are taken: the service is busy")]
    [InlineData((int)ServiceState.Unknown, (int)ConnectFailureKind.Busy, @"all instances of the pipe \\.\pipe\P are taken: the service is busy or stopping")]
    [InlineData((int)ServiceState.NotInstalled, (int)ConnectFailureKind.Busy, @"all instances of the pipe \\.\pipe\P are taken: the service is busy or stopping")]
    public void A_busy_pipe_ends_the_call_when_the_service_stops_and_else_is_waited_for(int state, int kind, string message)
    {
        ConnectFailure failure = WindowsPipeConnector.PipeIsBusy(@"\\.\pipe\P", "S", (ServiceState)state);

        Assert.Equal(((ConnectFailureKind)kind, message), (failure.Kind, failure.Message));
    }

    [Fact]
    public async Task A_pipe_whose_owner_is_not_trusted_gets_no_byte()
    {
        Assert.SkipUnless(OperatingSystem.IsWindows(), OnlyOnWindows);
        string name = NewName();
        await using NamedPipeServerStream server = Listen(name);
        Task accept = server.WaitForConnectionAsync();
        await using var client = new PlugBrokerClient(new ClientOptions { PipeName = @"\\.\pipe\" + name });

        PlugBrokerException failure = await Assert.ThrowsAsync<PlugBrokerException>(
            () => client.CallAsync("a", "secret", new() { WaitForReady = true }).Guarded());
        await accept.Guarded();
        int count = await server.ReadAsync(new byte[100]).AsTask().Guarded();

        Assert.Equal(0, count);
        Assert.Equal((StatusCode.PermissionDenied, RetryAdvice.Never), (failure.Status, failure.Retry));
        Assert.Matches(@"^the pipe .* belongs to S-1-[0-9-]+, which is not trusted: nothing was sent \(.*PLUGBROKER_TRUSTED_OWNERS.*\)$", failure.Message);
    }

    [Fact]
    public async Task A_trusted_owners_pipe_gets_the_call_and_the_log_says_why_it_is_trusted()
    {
        Assert.SkipUnless(OperatingSystem.IsWindows(), OnlyOnWindows);
        string name = NewName();
        await using NamedPipeServerStream server = Listen(name);
        var log = new List<string>();
        await using var client = new PlugBrokerClient(new ClientOptions
        {
            PipeName = @"\\.\pipe\" + name,
            TrustedOwners = "current_user",
            UserName = "tests",
            Log = (level, text) => log.Add($"{level}: {text}"),
        });
        Task<Reply> call = client.CallAsync("a", "x");
        await server.WaitForConnectionAsync().Guarded();
        WireFrame hello = await ReadAsync(server);
        await server.WriteAsync(Frames.HelloAck()).AsTask().Guarded();
        WireFrame request = await ReadAsync(server);
        await server.WriteAsync(Frames.Data(1, request.Payload)).AsTask().Guarded();
        await server.WriteAsync(Frames.End(1, EndMeta.Ok)).AsTask().Guarded();

        Assert.Equal("x", (await call.Guarded()).ReadText());
        Assert.Equal(FrameType.Hello, hello.Header.Type);
        await client.DisposeAsync();
        Assert.Contains(log, line => line.Contains("is trusted only because TrustedOwners", StringComparison.Ordinal));
        Assert.Equal(0, await server.ReadAsync(new byte[100]).AsTask().Guarded());
    }

    [Fact]
    public async Task Without_a_pipe_the_state_of_the_service_is_told()
    {
        Assert.SkipUnless(OperatingSystem.IsWindows(), OnlyOnWindows);
        string name = NewName();
        await using var client =
            new PlugBrokerClient(new ClientOptions { PipeName = @"\\.\pipe\" + name, ServiceName = name });

        PlugBrokerException failure =
            await Assert.ThrowsAsync<PlugBrokerException>(() => client.CallAsync("a", "x").Guarded());

        Assert.Equal((StatusCode.FailedPrecondition, RetryAdvice.AfterBackoff), (failure.Status, failure.Retry));
        Assert.Equal($@"the service '{name}' is not installed (there is no pipe \\.\pipe\{name})", failure.Message);
    }

    [Fact]
    public async Task Options_that_are_wrong_are_refused_by_the_constructor()
    {
        Assert.SkipUnless(OperatingSystem.IsWindows(), OnlyOnWindows);
        ClientOptions[] wrong =
        [
            new() { PipeName = @"\\server\pipe\PlugBroker" },
            new() { ServiceName = "a/b" },
            new() { TrustedOwners = "Everyone" },
            new() { MaxPayload = 0 },
            new() { MaxPayload = (1L << 30) + 1 },
        ];

        await Task.Yield();

        Assert.All(wrong, options => Assert.ThrowsAny<ArgumentException>(() => new PlugBrokerClient(options)));
    }

    private static string NewName() => "plugbroker.test." + Guid.NewGuid().ToString("N");

    /// <summary>A pipe that this user owns, and says so.</summary>
    [SupportedOSPlatform("windows")]
    private static NamedPipeServerStream Listen(string name)
    {
        SecurityIdentifier user = WindowsIdentity.GetCurrent().User!;
        var security = new PipeSecurity();
        security.SetOwner(user);
        security.AddAccessRule(new PipeAccessRule(user, PipeAccessRights.FullControl, AccessControlType.Allow));
        return NamedPipeServerStreamAcl.Create(
            name, PipeDirection.InOut, 1, PipeTransmissionMode.Byte, PipeOptions.Asynchronous, 4096, 4096, security);
    }

    private static async Task<WireFrame> ReadAsync(Stream pipe)
    {
        byte[] header = new byte[WireLimits.HeaderBytes];
        await pipe.ReadExactlyAsync(header).AsTask().Guarded();
        FrameHeader decoded = FrameHeader.Decode(header);
        byte[] meta = new byte[decoded.MetaLength];
        byte[] payload = new byte[decoded.PayloadLength];
        await pipe.ReadExactlyAsync(meta).AsTask().Guarded();
        await pipe.ReadExactlyAsync(payload).AsTask().Guarded();
        return new WireFrame(decoded, meta, payload);
    }
}
