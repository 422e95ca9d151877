// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Markdig;
using PlugBroker.Worker;

namespace Documents;

/// <summary>
/// <c>markdown.chapters</c>: Markdown in, a stream out: the HTML of each chapter as soon as it is rendered. A chapter begins
/// with a line that begins with <c># </c>.
/// </summary>
/// <remarks>The plugin shows the first page while the last one is still in the making, and may cancel at any time.</remarks>
internal static class ChaptersHandler
{
    private static readonly MarkdownPipeline _pipeline = new MarkdownPipelineBuilder().UseAdvancedExtensions().DisableHtml().Build();

    public static async IAsyncEnumerable<ReadOnlyMemory<byte>> RenderAsync(
        Request request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (string chapter in Split(request.ReadText()))
        {
            cancellationToken.ThrowIfCancellationRequested();
            string html = await Task.Run(() => Markdown.ToHtml(chapter, _pipeline), cancellationToken);
            yield return Encoding.UTF8.GetBytes(html);
        }
    }

    private static IEnumerable<string> Split(string text)
    {
        int start = 0;
        while (start < text.Length)
        {
            int next = text.IndexOf("\n# ", start, StringComparison.Ordinal);
            int end = next < 0 ? text.Length : next + 1;
            yield return text[start..end];
            start = end;
        }
    }
}
