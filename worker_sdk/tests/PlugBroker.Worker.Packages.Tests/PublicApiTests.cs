// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Threading.Tasks;

namespace PlugBroker.Worker.Packages.Tests;

/// <summary>
/// What the packages offer is written down in worker_sdk/api, so that no change of it goes unseen. After one that was meant, run
/// these tests with the folder's path in the environment variable PLUGBROKER_ACCEPT_API.
/// </summary>
public sealed class PublicApiTests
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    [Theory]
    [InlineData(typeof(WorkerHost))]
    [InlineData(typeof(Hosting.PlugBrokerWorkerBuilder))]
    [InlineData(typeof(Testing.WorkerTestHost))]
    public async Task A_package_offers_what_is_written_down_and_nothing_else(Type ofPackage)
    {
        string name = $"{ofPackage.Assembly.GetName().Name}.txt";
        string[] actual = [.. ofPackage.Assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal).SelectMany(Describe)];
        if (Environment.GetEnvironmentVariable("PLUGBROKER_ACCEPT_API") is { Length: > 0 } folder)
        {
            await File.WriteAllTextAsync(Path.Combine(folder, name), string.Join('\n', actual) + "\n");
        }

        using var written = new StreamReader(typeof(PublicApiTests).Assembly.GetManifestResourceStream(name)!);
        string[] expected = (await written.ReadToEndAsync()).Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(expected, actual);
    }

    private static IEnumerable<string> Describe(Type type)
    {
        string kind = type switch
        {
            { IsEnum: true } => "enum",
            { IsInterface: true } => "interface",
            { IsValueType: true } => "struct",
            { IsAbstract: true, IsSealed: true } => "static class",
            { IsSealed: true } => "sealed class",
            _ => "class",
        };
        string bases = string.Join(", ", type.GetInterfaces().Select(Name).Where(_ => !type.IsEnum).Order(StringComparer.Ordinal));
        yield return $"{kind} {type.FullName}{(bases.Length == 0 ? "" : " : ")}{bases}";
        foreach (string member in type.GetMembers(Declared).Select(Describe).OfType<string>().Order(StringComparer.Ordinal))
        {
            yield return $"  {member}";
        }
    }

    private static string? Describe(MemberInfo member) => member switch
    {
        FieldInfo { IsSpecialName: false } field => $"{Name(field.FieldType)} {field.Name}"
            + (field.IsLiteral ? $" = {Convert.ToInt64(field.GetRawConstantValue(), null)}" : ""),
        PropertyInfo property => $"{(IsStatic(property) ? "static " : "")}{Name(property.PropertyType)} {property.Name} {{ {Accessors(property)}}}",
        ConstructorInfo constructor => $"new({Parameters(constructor)})",
        MethodInfo { IsSpecialName: false } method =>
            $"{(method.IsStatic ? "static " : "")}{Name(method.ReturnType)} {method.Name}{Generics(method)}({Parameters(method)})",
        _ => null,
    };

    private static bool IsStatic(PropertyInfo property) => property.GetAccessors()[0].IsStatic;

    private static string Accessors(PropertyInfo property)
    {
        bool isInit = property.SetMethod?.ReturnParameter.GetRequiredCustomModifiers().Any(type => type.Name == "IsExternalInit") ?? false;
        string set = property.SetMethod is not { IsPublic: true } ? "" : isInit ? "init; " : "set; ";
        return (property.GetMethod is { IsPublic: true } ? "get; " : "") + set;
    }

    private static string Generics(MethodInfo method) =>
        method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(Name))}>" : "";

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(parameter =>
        $"{Name(parameter.ParameterType)} {parameter.Name}" + (parameter.HasDefaultValue ? $" = {parameter.DefaultValue ?? "default"}" : "")));

    private static string Name(Type type)
    {
        if (!type.IsGenericType)
        {
            return type.IsArray ? $"{Name(type.GetElementType()!)}[]" : type.Name;
        }

        string name = type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)];
        return $"{name}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>";
    }
}
