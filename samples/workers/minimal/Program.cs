// SPDX-License-Identifier: Apache-2.0
using System;
using System.Threading.Tasks;
using PlugBroker.Worker;

return await WorkerHost.RunAsync(args, routes => routes
    .Map("echo", request => Reply.Bytes(request.Payload))
    .Map("greet", request => Reply.Text($"Hello, {request.ReadText()}!"))
    .Map("nap", async (request, cancellation) =>
    {
        if (!int.TryParse(request.ReadText(), out int milliseconds) || milliseconds < 0)
        {
            throw new CallFailedException(StatusCode.InvalidArgument, "How long? Send milliseconds as text.");
        }

        await Task.Delay(TimeSpan.FromMilliseconds(milliseconds), cancellation);
        return Reply.Text("rested");
    }));
