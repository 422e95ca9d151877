// SPDX-License-Identifier: Apache-2.0
// csharp_client worker: the worker. csharp_client SCENARIO PIPE SERVICE: calls it, and says in lines what came of it.
using System;
using System.Collections.Generic;
using System.Threading.Tasks;
using CSharpClient;
using PlugBroker.Client;
using PlugBroker.Worker;

if (args is ["worker"])
{
    return await WorkerHost.RunAsync([], new WorkerOptions { Concurrency = 8 }, WorkerRoutes.Map);
}

Console.Out.NewLine = "\n";
var scenarios = new Dictionary<string, Func<PlugBrokerClient, Task>>
{
    ["unary"] = Scenarios.UnaryAsync,
    ["errors"] = Scenarios.ErrorsAsync,
    ["deadline"] = Scenarios.DeadlineAsync,
    ["cancel"] = Scenarios.CancelAsync,
    ["streams"] = StreamScenarios.RunAsync,
    ["one"] = Scenarios.OneCallAsync,
    ["drain"] = Scenarios.DrainAsync,
    ["restart"] = Scenarios.RestartAsync,
};
await using var client = new PlugBrokerClient(new ClientOptions
{
    PipeName = args[1],
    ServiceName = args[2],
    UserName = "csharp_client",
    Log = (level, text) => Console.Error.WriteLine($"{level}: {text}"),
});
await scenarios[args[0]](client);
return 0;
