// SPDX-License-Identifier: Apache-2.0
using System.Threading;
using System.Threading.Tasks;
using PlugBroker.Wire;

namespace PlugBroker.Worker.Channel;

/// <summary>Where the messages of a request come from.</summary>
internal interface IMessageSource
{
    /// <summary>The next message, which the receiver releases; null at the end.</summary>
    ValueTask<MessageBuffer?> NextAsync(CancellationToken cancellationToken);
}
