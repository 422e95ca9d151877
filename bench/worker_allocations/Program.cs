// SPDX-License-Identifier: Apache-2.0
// worker_allocations: counts what PlugBroker.Worker allocates for a call, by the runtime's own count of the thread that
// reads the channel, runs the handler and writes the reply. Exact; no clock is read.
using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using PlugBroker.Worker;
using PlugBroker.Worker.Channel;
using WorkerAllocations;

(string Name, bool Echoes, Action<RouteTable> Map)[] handlers =
[
    ("copies the request (Payload)", true,
        static routes => routes.Map("echo", static request => Reply.Bytes(request.Payload))),
    ("answers in place (PayloadSequence)", true,
        static routes => routes.Map("echo", static request => Reply.Bytes(request.PayloadSequence))),
    ("answers with a constant", false, static routes => routes.Map("echo", static _ => Reply.Empty)),
];
foreach ((string name, bool echoes, Action<RouteTable> map) in handlers)
{
    var figures = new List<string>();
    foreach (int payload in new[] { 0, 64, 4096 })
    {
        figures.Add($"{await CountAsync(map, payload, echoes ? payload : 0)} of {payload} B");
    }

    Console.WriteLine($"bytes allocated for a call, handler {name}: {string.Join(", ", figures)}");
}

return 0;

static async Task<long> CountAsync(Action<RouteTable> map, int payload, int replied)
{
    var routes = new RouteTable();
    map(routes);
    using var channel = new CallingChannel(payload, replied);
    var runner = new ChannelRunner(channel, routes, concurrency: 1, TimeProvider.System, Console.Error);
    await runner.RunAsync(CancellationToken.None);
    return channel.BytesPerCall;
}
