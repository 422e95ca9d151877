// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using PlugBroker.Worker;

namespace Documents;

/// <summary>
/// <c>text.stats</c>: UTF-8 text in, JSON out:
/// <c>{"words":5,"lines":1,"terms":[{"term":"pipe","count":2}]}</c>.
/// </summary>
/// <remarks>
/// A word is a run of letters and digits. A line ends with a line feed or with the text. Terms are the ten most frequent
/// words of at least four characters, in lower case; of equally frequent ones the alphabetically first.
/// </remarks>
internal sealed class TextStatsHandler : IRequestHandler
{
    private const int ShortestTerm = 4;
    private const int MostTerms = 10;

    public ValueTask<Reply> HandleAsync(Request request, CancellationToken cancellationToken)
    {
        string text = request.ReadText();
        var terms = new Dictionary<string, int>();
        int words = 0;
        foreach (Range range in WordRanges(text))
        {
            cancellationToken.ThrowIfCancellationRequested();
            words++;
            string word = text[range].ToLowerInvariant();
            if (word.Length >= ShortestTerm)
            {
                terms[word] = terms.GetValueOrDefault(word) + 1;
            }
        }

        return ValueTask.FromResult(Reply.Bytes(ToJson(words, CountLines(text), terms), "application/json"));
    }

    private static IEnumerable<Range> WordRanges(string text)
    {
        int start = -1;
        for (int at = 0; at <= text.Length; at++)
        {
            bool inWord = at < text.Length && char.IsLetterOrDigit(text[at]);
            if (inWord && start < 0)
            {
                start = at;
            }
            else if (!inWord && start >= 0)
            {
                yield return start..at;
                start = -1;
            }
        }
    }

    private static int CountLines(string text) =>
        text.AsSpan().Count('\n') + (text.Length > 0 && !text.EndsWith('\n') ? 1 : 0);

    private static byte[] ToJson(int words, int lines, Dictionary<string, int> terms)
    {
        var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteNumber("words", words);
            json.WriteNumber("lines", lines);
            json.WriteStartArray("terms");
            foreach ((string term, int count) in terms
                .OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Key, StringComparer.Ordinal).Take(MostTerms))
            {
                json.WriteStartObject();
                json.WriteString("term", term);
                json.WriteNumber("count", count);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }
}
