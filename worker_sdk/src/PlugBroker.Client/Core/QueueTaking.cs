// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;

namespace PlugBroker.Client.Core;

/// <summary>What older frameworks lack of <see cref="Queue{T}"/>.</summary>
internal static class QueueTaking
{
    public static bool TryTake<T>(this Queue<T> queue, [NotNullWhen(true)] out T? item)
        where T : notnull
    {
        if (queue.Count == 0)
        {
            item = default;
            return false;
        }

        item = queue.Dequeue();
        return true;
    }
}
