// SPDX-License-Identifier: Apache-2.0
using System;
using System.IO;
using System.IO.Pipes;
using System.Runtime.InteropServices;
using System.Threading.Tasks;
using PlugBroker.Worker.Channel;

namespace PlugBroker.Worker.Tests;

public sealed partial class InheritedChannelTests
{
    private const string OnlyOnWindows = "handles are inherited by number on Windows only";
    private const uint HandleFlagInherit = 1;

    [Fact]
    public async Task An_inherited_pipe_end_carries_bytes_both_ways_and_is_not_inherited_any_further()
    {
        Assert.SkipUnless(OperatingSystem.IsWindows(), OnlyOnWindows);
        string name = "plugbroker.test." + Guid.NewGuid().ToString("N");
        await using var server = new NamedPipeServerStream(
            name, PipeDirection.InOut, 1, PipeTransmissionMode.Byte, PipeOptions.None, 4096, 4096);
        nint handle = OpenInheritable(name);
        server.WaitForConnection();
        Assert.Equal(HandleFlagInherit, Flags(handle) & HandleFlagInherit);

        using IByteChannel channel = InheritedChannel.Open(handle);
        await server.WriteAsync(new byte[] { 1, 2, 3 }).AsTask().Guarded();
        byte[] there = new byte[3];
        Assert.Equal(3, await Task.Run(() => channel.Read(there)).Guarded());
        await Task.Run(() => channel.Write(new byte[] { 4 })).Guarded();
        byte[] back = new byte[1];
        await server.ReadExactlyAsync(back).AsTask().Guarded();

        Assert.Equal([1, 2, 3], there);
        Assert.Equal([4], back);
        Assert.Equal(0U, Flags(handle) & HandleFlagInherit);
    }

    [Fact]
    public void A_number_that_is_no_handle_is_an_IOException()
    {
        Assert.SkipUnless(OperatingSystem.IsWindows(), OnlyOnWindows);

        Assert.Throws<IOException>(() => InheritedChannel.Open(0x7FFF_0004));
    }

    private static nint OpenInheritable(string pipe)
    {
        const uint readAndWrite = 0xC000_0000;
        const uint openExisting = 3;
        const uint overlapped = 0x4000_0000;
        var security = new SecurityAttributes { Length = Marshal.SizeOf<SecurityAttributes>(), Inherit = 1 };
        nint handle = CreateFile(@"\\.\pipe\" + pipe, readAndWrite, 0, ref security, openExisting, overlapped, 0);
        Assert.NotEqual(-1, handle);
        return handle;
    }

    private static uint Flags(nint handle)
    {
        Assert.True(GetHandleInformation(handle, out uint flags));
        return flags;
    }

    [LibraryImport("kernel32.dll", EntryPoint = "CreateFileW", StringMarshalling = StringMarshalling.Utf16)]
    private static partial nint CreateFile(
        string name, uint access, uint share, ref SecurityAttributes security, uint disposition, uint flags, nint template);

    [LibraryImport("kernel32.dll")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool GetHandleInformation(nint handle, out uint flags);

    [StructLayout(LayoutKind.Sequential)]
    private struct SecurityAttributes
    {
        public int Length;
        public nint Descriptor;
        public int Inherit;
    }
}
