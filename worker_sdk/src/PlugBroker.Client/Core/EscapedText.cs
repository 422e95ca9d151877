// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;

namespace PlugBroker.Client.Core;

/// <summary>Text of a stranger, fit for a log: one line, of at most 2,000 characters.</summary>
internal static class EscapedText
{
    private const int Longest = 2000;

    public static string Of(string text)
    {
        var line = new StringBuilder(text.Length);
        foreach (char letter in text)
        {
            if (line.Length >= Longest)
            {
                break;
            }

            if (char.IsControl(letter) || letter is '\u2028' or '\u2029')
            {
                line.Append("\\u").Append(((int)letter).ToString("X4", CultureInfo.InvariantCulture));
            }
            else
            {
                line.Append(letter);
            }
        }

        return line.ToString();
    }
}
