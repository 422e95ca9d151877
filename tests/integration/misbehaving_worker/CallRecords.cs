// SPDX-License-Identifier: Apache-2.0
using System;
using System.Globalization;
using System.IO;
using System.Threading;
using PlugBroker.Worker;

namespace MisbehavingWorker;

/// <summary>
/// Writes down when each call began and how it ended, in a file of this process in the folder that WORKER_LEDGER names:
/// <c>began ID</c>, and later <c>ended ID HOW MESSAGES_IN MESSAGES_OUT</c>. The id is what the caller put into the
/// metadata as <c>call-id</c>.
/// </summary>
internal sealed class CallRecord : IDisposable
{
    private static readonly Lock _gate = new();
    private static readonly Lazy<StreamWriter> _file = new(Open);

    private readonly string _id;
    private bool _finished;

    private CallRecord(string id)
    {
        _id = id;
        Write($"began {id}");
    }

    /// <summary>Messages of the request that the handler has read.</summary>
    public int In { get; set; }

    /// <summary>Messages of the reply that the handler has given out.</summary>
    public int Out { get; set; }

    public static CallRecord Begin(Request request)
    {
        return new CallRecord(Id(request.Metadata)) { In = 1 };
    }

    public static CallRecord Begin(StreamRequest request) => new(Id(request.Metadata));

    /// <summary>The handler came to its end: what is disposed without this was broken off.</summary>
    public void Finish() => _finished = true;

    public void Dispose() =>
        Write(string.Create(CultureInfo.InvariantCulture, $"ended {_id} {(_finished ? "ok" : "broken_off")} {In} {Out}"));

    private static string Id(System.Collections.Generic.IReadOnlyList<System.Collections.Generic.KeyValuePair<string, string>> metadata)
    {
        foreach ((string key, string value) in metadata)
        {
            if (key == "call-id")
            {
                return value;
            }
        }

        return "nameless";
    }

    private static void Write(string line)
    {
        lock (_gate)
        {
            _file.Value.WriteLine(line);
        }
    }

    private static StreamWriter Open()
    {
        string folder = Environment.GetEnvironmentVariable("WORKER_LEDGER") ?? throw new InvalidOperationException("WORKER_LEDGER is not set");
        // Appended: Windows gives the number of a process that was ended to another one.
        return new StreamWriter(Path.Combine(folder, $"worker-{Environment.ProcessId}.txt"), append: true) { AutoFlush = true, NewLine = "\n" };
    }
}
