// SPDX-License-Identifier: Apache-2.0
using System.Reflection;
using System.Runtime.Versioning;

namespace PlugBroker.Worker.Tests;

public sealed class BuildUnderTest
{
    [Fact]
    public void It_is_the_netstandard2_0_build_that_these_tests_run() => Assert.Equal(
        ".NETStandard,Version=v2.0",
        typeof(WorkerHost).Assembly.GetCustomAttribute<TargetFrameworkAttribute>()!.FrameworkName);
}
