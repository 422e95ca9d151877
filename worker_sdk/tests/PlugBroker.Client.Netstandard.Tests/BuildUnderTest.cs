// SPDX-License-Identifier: Apache-2.0
using System.Reflection;
using System.Runtime.Versioning;

namespace PlugBroker.Client.Tests;

public sealed class BuildUnderTest
{
    [Fact]
    public void TheseTestsRunTheNetstandardBuild() => Assert.Equal(
        ".NETStandard,Version=v2.0",
        typeof(PlugBrokerClient).Assembly.GetCustomAttribute<TargetFrameworkAttribute>()!.FrameworkName);
}
