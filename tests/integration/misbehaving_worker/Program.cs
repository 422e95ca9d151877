// SPDX-License-Identifier: Apache-2.0
// misbehaving_worker MODE [ROUTE...]: a worker for fault tests, which serves the routes (one named as the mode when none
// is given) as its mode says:
//
//   normal, echo      answers with the request
//   caller            answers with who calls: SID|ACCOUNT|INTEGRITY|SESSION
//   runtime           answers with the path of the .NET that it runs on
//   exit-at-start     says why on standard error and exits with 3
//   never-ready       opens nothing and sends nothing
//   garbage-at-start  writes garbage where HELLO should be
//   die-mid-call      exits with 7 when a call comes
//   garbage           writes garbage where a call's END should be
//   hang              never answers and ignores cancellation
//   flood-stdout      prints 64 MiB of lines as fast as it can, and answers as normal
//   retire            answers with the request, and stops itself in the middle of its 20th call
//   mixed             serves unary, slow, stream, push, hang and leak (see MixedRoutes.cs), also with a prefix such as
//                     one.unary, and writes each call's begin and end to files in the folder that WORKER_LEDGER names
//   forge-log         prints control characters and lines that look like the log's, and fails each call with such a
//                     message
//
// Every call of the others is written to the file that WORKER_LEDGER names before anything else happens to it.
using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using MisbehavingWorker;
using PlugBroker.Worker;

const int usageError = 2;
const int callsBeforeRetirement = 20;
string mode = args.FirstOrDefault() ?? "";
string[] routes = args.Length > 1 ? args[1..] : [mode];

switch (mode)
{
    case "exit-at-start":
        Console.Error.WriteLine("misbehaving_worker: exits at start, as it was told");
        return 3;
    case "never-ready":
        await Task.Delay(Timeout.Infinite);
        return 0;
    case "garbage-at-start":
        return await Modes.WriteGarbageAtStartAsync();
    case "mixed":
        return await WorkerHost.RunAsync(args, table => MixedRoutes.Map(table, routes));
}

if (!Modes.Handlers.TryGetValue(mode, out var handler))
{
    Console.Error.WriteLine($"misbehaving_worker: there is no mode '{mode}'");
    return usageError;
}

Modes.StartNoise(mode);
using var retirement = new CancellationTokenSource();
int served = 0;
return await WorkerHost.StartAsync(
    new WorkerOptions(),
    table =>
    {
        foreach (string route in routes)
        {
            table.Map(route, (request, cancellation) =>
            {
                Ledger.Write(request.Payload.Span);
                if (mode == "retire" && Interlocked.Increment(ref served) == callsBeforeRetirement)
                {
                    retirement.Cancel();
                }

                return handler(request, cancellation);
            });
        }
    },
    Modes.Open, retirement.Token);
