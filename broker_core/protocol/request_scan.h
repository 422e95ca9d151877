// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "broker_core/protocol/messages.h"

namespace plugbroker::protocol {

/// decode_request() by the table of its TLVs: says what is wrong, and takes the rare ones. Not in the file of the short
/// way, so that it is not inlined there.
[[nodiscard]] Result<RequestMeta> decode_request_by_rules(ByteView metadata);

}  // namespace plugbroker::protocol
