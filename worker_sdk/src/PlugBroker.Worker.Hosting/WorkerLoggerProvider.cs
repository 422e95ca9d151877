// SPDX-License-Identifier: Apache-2.0
using System;
using System.IO;
using System.Text;
using Microsoft.Extensions.Logging;

namespace PlugBroker.Worker.Hosting;

/// <summary>
/// Writes each log entry as one line, which PlugBroker puts into its own log: from warnings on to standard error, which
/// it logs as a warning, and what is less to standard output, which it logs as information.
/// </summary>
[ProviderAlias("PlugBrokerWorker")]
internal sealed class WorkerLoggerProvider : ILoggerProvider
{
    private readonly TextWriter _output;
    private readonly TextWriter _error;

    public WorkerLoggerProvider()
        : this(Console.Out, Console.Error)
    {
    }

    public WorkerLoggerProvider(TextWriter output, TextWriter error)
    {
        _output = output;
        _error = error;
    }

    public ILogger CreateLogger(string categoryName) => new LineLogger(_output, _error, categoryName);

    public void Dispose()
    {
    }

    private sealed class LineLogger(TextWriter output, TextWriter error, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            var line = new StringBuilder().Append(Name(logLevel)).Append(' ').Append(category).Append(": ")
                .Append(formatter(state, exception));
            if (exception is not null)
            {
                line.Append(" | ").Append(exception);
            }

            // One entry is one line, whatever it says.
            line.Replace("\r", "").Replace("\n", " | ");
            TextWriter to = logLevel >= LogLevel.Warning ? error : output;
            lock (to)
            {
                to.WriteLine(line.ToString());
            }
        }

        private static string Name(LogLevel level) => level switch
        {
            LogLevel.Trace => "trace",
            LogLevel.Debug => "debug",
            LogLevel.Information => "information",
            LogLevel.Warning => "warning",
            LogLevel.Error => "error",
            _ => "critical",
        };
    }
}
