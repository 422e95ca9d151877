// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "broker_core/protocol/messages.h"

namespace plugbroker::protocol {

/// The server's answer to a HELLO: the highest common wire version, or a refusal (failed_precondition) whose message
/// names what each side speaks or which features are missing. Pure.
[[nodiscard]] HelloAck answer_hello(const Hello& hello, const PeerDescription& server, const InstanceId& instance);

/// A refusal for any other reason (`reason` is not ok).
[[nodiscard]] HelloAck refuse_hello(Status reason, const PeerDescription& server);

/// Checks the answer to a HELLO that offered `own`: ok when both sides can go on by it. Otherwise the refusal's reason
/// (with what the server speaks), or failed_precondition for an answer that does not fit the offer. Pure.
Status check_hello_ack(const HelloAck& ack, const PeerDescription& own);

/// What is left of a deadline for the next hop: `remaining` less min(5 %, 20 ms), at least 1 µs.
[[nodiscard]] Duration forwarded_deadline(Duration remaining) noexcept;

}  // namespace plugbroker::protocol
