// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "broker_core/protocol/messages.h"

namespace plugbroker::client {

/// Reads a W3C traceparent of version 00: "00-" 32 hex digits "-" 16 hex digits "-" 2 hex digits, in lower case,
/// neither id all zeros. Nothing for anything else.
[[nodiscard]] std::optional<protocol::TraceParent> parse_traceparent(std::string_view text) noexcept;

}  // namespace plugbroker::client
