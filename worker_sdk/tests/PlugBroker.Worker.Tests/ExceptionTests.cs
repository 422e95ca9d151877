// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PlugBroker.Worker.Channel;

namespace PlugBroker.Worker.Tests;

public sealed class ExceptionTests
{
#pragma warning disable CA2201 // The runtime's own exceptions come from handlers too.
    /// <summary>The table of the package's README.</summary>
    private static readonly Dictionary<string, (Exception Exception, StatusCode Status)> _table = new()
    {
        ["argument"] = (new ArgumentException("x"), StatusCode.InvalidArgument),
        ["argument null"] = (new ArgumentNullException("x"), StatusCode.InvalidArgument),
        ["out of range"] = (new ArgumentOutOfRangeException("x"), StatusCode.OutOfRange),
        ["index"] = (new IndexOutOfRangeException("x"), StatusCode.OutOfRange),
        ["key"] = (new KeyNotFoundException("x"), StatusCode.NotFound),
        ["file"] = (new FileNotFoundException("x"), StatusCode.NotFound),
        ["directory"] = (new DirectoryNotFoundException("x"), StatusCode.NotFound),
        ["access"] = (new UnauthorizedAccessException("x"), StatusCode.PermissionDenied),
        ["not implemented"] = (new NotImplementedException("x"), StatusCode.Unimplemented),
        ["not supported"] = (new NotSupportedException("x"), StatusCode.Unimplemented),
        ["timeout"] = (new TimeoutException("x"), StatusCode.DeadlineExceeded),
        ["cancelled"] = (new OperationCanceledException("x"), StatusCode.Cancelled),
        ["task cancelled"] = (new TaskCanceledException("x"), StatusCode.Cancelled),
        ["memory"] = (new OutOfMemoryException("x"), StatusCode.ResourceExhausted),
        ["insufficient memory"] = (new InsufficientMemoryException("x"), StatusCode.ResourceExhausted),
        ["invalid operation"] = (new InvalidOperationException("x"), StatusCode.Internal),
        ["disposed"] = (new ObjectDisposedException("x"), StatusCode.Internal),
        ["io"] = (new IOException("x"), StatusCode.Internal),
        ["format"] = (new FormatException("x"), StatusCode.Internal),
        ["one in an aggregate"] = (new AggregateException(new KeyNotFoundException("x")), StatusCode.NotFound),
        ["two in an aggregate"] =
            (new AggregateException(new KeyNotFoundException("x"), new KeyNotFoundException("y")), StatusCode.Internal),
    };
#pragma warning restore CA2201

    public static TheoryData<string> Names => new(_table.Keys);

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_well_known_exception_has_its_own_status(string name)
    {
        (Exception exception, StatusCode status) = _table[name];
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(
            routes => routes.Map("throw", (_, _) => ValueTask.FromException<Reply>(exception)));

        CallResult result = await broker.CallAsync(1, "throw");

        Assert.Equal(status, result.Status);
    }

    [Fact]
    public void The_READMEs_table_is_what_the_library_does()
    {
        var rows = ReadmeRows().Where(row => row.Type is not null).ToList();

        Assert.Equal(12, rows.Count);
        Assert.All(rows, row => Assert.Equal(
            row.Status, ExceptionMap.StatusOf((Exception)Activator.CreateInstance(row.Type!)!).ToString()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_stack_trace_is_sent_if_the_worker_says_so_and_only_then(bool include)
    {
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(
            routes => routes.Map("throw", Reply (_) => throw new InvalidOperationException("odd")),
            report: new FailureReport(include, null));

        CallResult result = await broker.CallAsync(1, "throw");

        Assert.StartsWith("System.InvalidOperationException: odd", result.Message, StringComparison.Ordinal);
        Assert.Equal(include, result.Message.Contains(nameof(ExceptionTests), StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_worker_is_told_of_failures_that_no_handler_meant()
    {
        var told = new List<string>();
        await using BrokerEnd broker = await BrokerEnd.OpenAsync(
            routes => routes
                .Map("odd", Reply (_) => throw new InvalidOperationException("odd"))
                .Map("meant", Reply (_) => throw new CallFailedException(StatusCode.Aborted, "meant")),
            report: new FailureReport(false, (route, exception) =>
            {
                told.Add($"{route}: {exception.Message}");
                throw new InvalidOperationException("the observer is odd too");
            }));

        CallResult odd = await broker.CallAsync(1, "odd");
        CallResult meant = await broker.CallAsync(2, "meant");

        Assert.Equal((StatusCode.Internal, StatusCode.Aborted), (odd.Status, meant.Status));
        Assert.Equal(["odd: odd"], told);
    }

    /// <summary>The exceptions of the runtime in the table, each with its status.</summary>
    private static IEnumerable<(Type? Type, string Status)> ReadmeRows()
    {
        using var readme = new StreamReader(typeof(ExceptionTests).Assembly.GetManifestResourceStream("README.md")!);
        IEnumerable<string[]> rows = readme.ReadToEnd().Split('\n')
            .SkipWhile(line => line != "| exception | status |").Skip(2).TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .Where(cells => cells[2].StartsWith('`') && cells[2].EndsWith('`') && !cells[1].Contains("Canceled", StringComparison.Ordinal));
        return rows.SelectMany(cells => cells[1].Split('`').Where((_, at) => at % 2 == 1).Select(name => (
            Type.GetType("System." + name) ?? Type.GetType("System.IO." + name) ?? Type.GetType("System.Collections.Generic." + name),
            cells[2].Trim('`'))));
    }
}
