// SPDX-License-Identifier: Apache-2.0
#include "broker_core/protocol/header_check.h"

#include "broker_core/protocol/frame_table.h"

namespace plugbroker::protocol {

using namespace header_offsets;

namespace {

constexpr bool stream_id_fits(StreamIdRule rule, std::uint64_t stream_id) noexcept {
  return rule == StreamIdRule::any || (rule == StreamIdRule::zero) == (stream_id == 0);
}

constexpr bool may_have_payload(const FrameRule& rule, std::uint16_t flags) noexcept {
  return rule.payload && (rule.reserved || (flags & flag_no_message) == 0);
}

}  // namespace

std::optional<HeaderError> check_header(const std::byte* from, std::uint32_t max_payload_len,
                                        FrameHeader& header) noexcept {
  if (load_le<std::uint16_t>(from + at_magic) != header_magic) return HeaderError::bad_magic;
  if (load_le<std::uint8_t>(from + at_header_version) != header_version) return HeaderError::bad_header_version;
  if (load_le<std::uint32_t>(from + at_reserved) != 0) return HeaderError::reserved_not_zero;
  const FrameHeader read{.type = static_cast<FrameType>(load_le<std::uint8_t>(from + at_type)),
                         .flags = load_le<std::uint16_t>(from + at_flags),
                         .meta_len = load_le<std::uint16_t>(from + at_meta_len),
                         .payload_len = load_le<std::uint32_t>(from + at_payload_len),
                         .stream_id = load_le<std::uint64_t>(from + at_stream_id),
                         .deadline_us = load_le<std::uint64_t>(from + at_deadline)};
  const FrameRule& rule = rule_of(read.type);
  if ((read.flags & ~rule.flags) != 0) return HeaderError::unknown_flags;
  if ((rule.flag_sets >> (read.flags & all_flags) & 1) == 0) return HeaderError::conflicting_flags;
  if (read.meta_len > rule.max_meta) return HeaderError::meta_too_long;
  if (read.payload_len != 0 && !may_have_payload(rule, read.flags)) return HeaderError::unexpected_payload;
  if (read.payload_len > max_payload_len) return HeaderError::payload_too_long;
  if (read.deadline_us != 0 && !rule.deadline) return HeaderError::unexpected_deadline;
  if (!stream_id_fits(rule.stream_id, read.stream_id)) return HeaderError::bad_stream_id;
  header = read;
  return std::nullopt;
}

}  // namespace plugbroker::protocol
