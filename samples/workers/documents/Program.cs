// SPDX-License-Identifier: Apache-2.0
using Documents;
using PlugBroker.Worker;

return await WorkerHost.RunAsync(args, routes => routes
    .Map("echo", request => Reply.Bytes(request.Payload, request.ContentType))
    .Map("markdown.to_html", new MarkdownHandler())
    .MapServerStream("markdown.chapters", ChaptersHandler.RenderAsync)
    .Map("text.stats", new TextStatsHandler())
    .Map("sleep", new SleepHandler()));
