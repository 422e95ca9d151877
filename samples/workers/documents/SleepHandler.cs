// SPDX-License-Identifier: Apache-2.0
using System;
using System.Globalization;
using System.Threading;
using System.Threading.Tasks;
using PlugBroker.Worker;

namespace Documents;

/// <summary><c>sleep</c>: waits as many milliseconds as the payload says as text, 0 to 86,400,000; to try deadlines.</summary>
internal sealed class SleepHandler : IRequestHandler
{
    private const int Longest = 86_400_000;

    public async ValueTask<Reply> HandleAsync(Request request, CancellationToken cancellationToken)
    {
        string text = request.ReadText();
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int milliseconds) || milliseconds > Longest)
        {
            throw new CallFailedException(
                StatusCode.InvalidArgument, "The payload must be milliseconds as text, 0 to 86400000.");
        }

        await Task.Delay(TimeSpan.FromMilliseconds(milliseconds), cancellationToken);
        return Reply.Text(text);
    }
}
