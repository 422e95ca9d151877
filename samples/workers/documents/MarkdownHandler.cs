// SPDX-License-Identifier: Apache-2.0
using System.Threading;
using System.Threading.Tasks;
using Markdig;
using PlugBroker.Worker;

namespace Documents;

/// <summary><c>markdown.to_html</c>: Markdown in, an HTML fragment out. Raw HTML in the text is escaped.</summary>
internal sealed class MarkdownHandler : IRequestHandler
{
    private readonly MarkdownPipeline _pipeline = new MarkdownPipelineBuilder().UseAdvancedExtensions().DisableHtml().Build();

    public ValueTask<Reply> HandleAsync(Request request, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Reply.Text(Markdown.ToHtml(request.ReadText(), _pipeline), "text/html; charset=utf-8"));
}
