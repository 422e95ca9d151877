// SPDX-License-Identifier: Apache-2.0
#include "broker_core/protocol/frame_header.h"

#include "broker_core/protocol/frame_table.h"
#include "broker_core/protocol/header_check.h"

namespace plugbroker::protocol {

using namespace header_offsets;

namespace {

constexpr bool rows_are_in_order() {
  for (std::size_t row = 0; row < frame_table.size(); ++row) {
    if (static_cast<std::size_t>(frame_table[row].type) != row + 1) return false;
  }
  return true;
}
static_assert(rows_are_in_order());

/// A row of frame_table as the common header is checked by it: one comparison for each field.
struct HeaderGate {
  std::uint64_t max_deadline = 0;
  std::uint64_t first_stream = 0;
  std::uint64_t streams = 0;  ///< Ids from first_stream on, less one.
  std::uint32_t max_payload = 0;
  std::uint16_t max_meta = 0;
  std::uint8_t flag_sets = 0;
};

constexpr std::size_t gate_count = 16;

/// A type without a gate of its own gets one that no header passes.
constexpr std::array<HeaderGate, gate_count> make_gates() {
  std::array<HeaderGate, gate_count> gates;
  constexpr std::uint64_t any = ~std::uint64_t{0};
  for (const FrameRule& rule : frame_table) {
    if (rule.reserved) continue;
    const bool needs_stream = rule.stream_id == StreamIdRule::not_zero;
    gates[static_cast<std::size_t>(rule.type)] = {
        .max_deadline = rule.deadline ? any : 0,
        .first_stream = needs_stream ? 1u : 0u,
        .streams = rule.stream_id == StreamIdRule::zero ? 0 : any - (needs_stream ? 1 : 0),
        .max_payload = rule.payload ? std::uint32_t{limits::max_chunk_bytes} : 0,
        .max_meta = rule.max_meta,
        .flag_sets = rule.flag_sets};
  }
  return gates;
}
constexpr std::array<HeaderGate, gate_count> gates = make_gates();

/// The first eight bytes as one number: magic, header_version, and zero in the bits that no type with a gate and no
/// flag but END_STREAM and MORE has. (NO_MESSAGE is rare, and forbids a payload.)
constexpr std::uint64_t front = header_magic | std::uint64_t{header_version} << 16;
constexpr std::uint64_t front_mask = 0x0000'FFFC'F0FF'FFFF;
static_assert((flag_end_stream | flag_more) == 3 && gate_count == 16);

}  // namespace

std::string_view to_string(FrameType type) noexcept {
  return rule_of(type).name;
}

bool is_known(FrameType type) noexcept {
  return !rule_of(type).reserved;
}

std::string_view to_string(HeaderError error) noexcept {
  switch (error) {
    case HeaderError::bad_magic:
      return "the frame does not begin with the magic number";
    case HeaderError::bad_header_version:
      return "the header version is not 1";
    case HeaderError::unknown_flags:
      return "a flag is set that this type of frame does not have";
    case HeaderError::conflicting_flags:
      return "the flags contradict each other";
    case HeaderError::meta_too_long:
      return "the metadata is longer than allowed";
    case HeaderError::payload_too_long:
      return "the payload is longer than the largest chunk";
    case HeaderError::unexpected_payload:
      return "this frame has no payload";
    case HeaderError::reserved_not_zero:
      return "the reserved field is not zero";
    case HeaderError::unexpected_deadline:
      return "only REQUEST has a deadline";
    case HeaderError::bad_stream_id:
      return "the stream id does not fit the type of the frame";
  }
  return "unrecognised";
}

std::optional<HeaderError> decode_header(const std::byte* from, std::uint32_t max_payload_len,
                                         FrameHeader& header) noexcept {
  const auto first = load_le<std::uint64_t>(from);
  const auto lengths = load_le<std::uint64_t>(from + at_payload_len);
  const auto stream_id = load_le<std::uint64_t>(from + at_stream_id);
  const auto deadline_us = load_le<std::uint64_t>(from + at_deadline);
  const auto type = static_cast<std::uint8_t>(first >> 24);
  const auto flags = static_cast<std::uint16_t>(first >> 32);
  const auto meta_len = static_cast<std::uint16_t>(first >> 48);
  const HeaderGate& gate = gates[type % gate_count];
  // The upper half of `lengths` is the reserved field: with it set the length is too large.
  if ((first & front_mask) != front || (gate.flag_sets >> (flags & 3) & 1) == 0 || meta_len > gate.max_meta ||
      lengths > gate.max_payload || lengths > max_payload_len || deadline_us > gate.max_deadline ||
      stream_id - gate.first_stream > gate.streams) [[unlikely]] {
    return check_header(from, max_payload_len, header);
  }
  header = {.type = static_cast<FrameType>(type),
            .flags = flags,
            .meta_len = meta_len,
            .payload_len = static_cast<std::uint32_t>(lengths),
            .stream_id = stream_id,
            .deadline_us = deadline_us};
  return std::nullopt;
}

}  // namespace plugbroker::protocol
