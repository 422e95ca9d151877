// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "broker_core/protocol/frame_header.h"

namespace plugbroker::protocol {

/// Where the fields of a header are.
namespace header_offsets {
inline constexpr std::size_t at_magic = 0;
inline constexpr std::size_t at_header_version = 2;
inline constexpr std::size_t at_type = 3;
inline constexpr std::size_t at_flags = 4;
inline constexpr std::size_t at_meta_len = 6;
inline constexpr std::size_t at_payload_len = 8;
inline constexpr std::size_t at_reserved = 12;
inline constexpr std::size_t at_stream_id = 16;
inline constexpr std::size_t at_deadline = 24;
}  // namespace header_offsets

/// decode_header() by frame_table, field by field: says what is wrong with a header, and takes the rare ones. In a file
/// of its own, so that it is not inlined into the short way.
[[nodiscard]] std::optional<HeaderError> check_header(const std::byte* from, std::uint32_t max_payload_len,
                                                      FrameHeader& header) noexcept;

}  // namespace plugbroker::protocol
