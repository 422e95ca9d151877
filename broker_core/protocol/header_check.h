// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "broker_core/protocol/frame_header.h"

namespace plugbroker::protocol {

/// decode_header() by frame_table, field by field: says what is wrong with a header, and takes the rare ones. In a file
/// of its own, so that it is not inlined into the short way.
[[nodiscard]] std::optional<HeaderError> check_header(const std::byte* from, std::uint32_t max_payload_len,
                                                      FrameHeader& header) noexcept;

}  // namespace plugbroker::protocol
