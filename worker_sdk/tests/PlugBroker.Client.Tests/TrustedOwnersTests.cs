// SPDX-License-Identifier: Apache-2.0
using System;
using System.Linq;
using PlugBroker.Client.Core;

namespace PlugBroker.Client.Tests;

public sealed class TrustedOwnersTests
{
    [Theory]
    [InlineData("TrustedInstaller", "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464")]
    [InlineData("trustedinstaller", "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464")]
    public void AServicesSidIsThatOfWindows(string name, string sid) => Assert.Equal(sid, TrustedOwners.ServiceSid(name));

    [Theory]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("Dienst\u00e4")]
    public void AServiceNameThatWindowsWouldSpellDifferentlyIsRefused(string name) =>
        Assert.Throws<ArgumentException>(() => TrustedOwners.ServiceSid(name));

    [Fact]
    public void AListOfOwnersIsTakenApart() =>
        Assert.Equal(["S-1-5-18", "current_user", "S-1-5-80-1-2"], TrustedOwners.Parse(" S-1-5-18;;current_user ;S-1-5-80-1-2;"));

    [Theory]
    [InlineData("Everyone")]
    [InlineData("S-1-")]
    [InlineData("S-1-5-")]
    [InlineData("S-1-5--18")]
    [InlineData("Current_User")]
    public void AnEntryThatIsNoOwnerIsRefused(string list) =>
        Assert.Throws<ArgumentException>(() => TrustedOwners.Parse(list));

    [Fact]
    public void MoreThanSixteenOwnersAreRefused()
    {
        Assert.Equal(16, TrustedOwners.Parse(string.Join(";", Enumerable.Repeat("S-1-5-18", 16))).Count);
        Assert.Throws<ArgumentException>(() => TrustedOwners.Parse(string.Join(";", Enumerable.Repeat("S-1-5-18", 17))));
    }

    [Theory]
    [InlineData(@"\\.\pipe\PlugBroker", true)]
    [InlineData(@"\\.\PIPE\x", true)]
    [InlineData(@"\\.\pipe\", false)]
    [InlineData(@"\\host\pipe\x", false)]
    [InlineData(@"\\.\pipe\a\b", false)]
    [InlineData(@"\\.\pipe\a/b", false)]
    [InlineData("PlugBroker", false)]
    public void OnlyAPipeOfThisMachineIsTaken(string name, bool taken) =>
        Assert.Equal(taken, TrustedOwners.IsLocalPipeName(name));
}
