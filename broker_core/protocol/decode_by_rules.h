// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "broker_core/protocol/messages.h"

/// Frames that come with every call have a short way of being decoded. These decode by the table of the frame's TLVs:
/// they say what is wrong, and take what the short way leaves.
namespace plugbroker::protocol {

[[nodiscard]] Result<EndMeta> decode_end_by_rules(ByteView metadata);
[[nodiscard]] Result<std::uint32_t> decode_credit_by_rules(ByteView metadata);

}  // namespace plugbroker::protocol
