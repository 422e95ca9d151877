// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "broker_core/protocol/frame_header.h"

/// The table of frames (docs/PROTOCOL.md, "Frames") as data: what each type allows, and who sends it.
namespace plugbroker::protocol {

/// Which way a frame travels. A control tool on the admin pipe is a client.
enum class Direction : std::uint8_t {
  client_to_broker = 1,
  broker_to_client = 2,
  broker_to_worker = 4,
  worker_to_broker = 8,
};

inline constexpr std::uint8_t from_peer =
    static_cast<std::uint8_t>(Direction::client_to_broker) | static_cast<std::uint8_t>(Direction::worker_to_broker);
inline constexpr std::uint8_t from_broker =
    static_cast<std::uint8_t>(Direction::broker_to_client) | static_cast<std::uint8_t>(Direction::broker_to_worker);
inline constexpr std::uint8_t from_caller =
    static_cast<std::uint8_t>(Direction::client_to_broker) | static_cast<std::uint8_t>(Direction::broker_to_worker);
inline constexpr std::uint8_t from_responder =
    static_cast<std::uint8_t>(Direction::broker_to_client) | static_cast<std::uint8_t>(Direction::worker_to_broker);
inline constexpr std::uint8_t from_worker = static_cast<std::uint8_t>(Direction::worker_to_broker);
inline constexpr std::uint8_t from_both = from_caller | from_responder;

enum class StreamIdRule : std::uint8_t { zero, not_zero, any };

/// One row: what a header of this type may hold.
struct FrameRule {
  FrameType type{};
  std::string_view name;
  std::uint8_t senders = 0;  ///< Direction bits.
  StreamIdRule stream_id = StreamIdRule::zero;
  std::uint16_t flags = 0;     ///< The flags allowed; END_STREAM and NO_MESSAGE only from the caller.
  std::uint8_t flag_sets = 1;  ///< Bit n: they may be set as in the number n.
  bool payload = false;
  bool deadline = false;
  std::uint16_t max_meta = limits::max_meta_bytes;
  bool reserved = false;  ///< A number set aside: treated like an unknown type.
};

inline constexpr std::uint16_t no_flags = 0;
inline constexpr std::uint16_t all_flags = flag_end_stream | flag_more | flag_no_message;

inline constexpr std::uint8_t no_flag_set = 1;
inline constexpr std::uint8_t data_flag_sets =
    no_flag_set | 1 << flag_end_stream | 1 << flag_more | 1 << (flag_no_message | flag_end_stream);
inline constexpr std::uint8_t request_flag_sets = data_flag_sets | 1 << flag_no_message;
inline constexpr std::uint8_t any_flag_set = 0xFF;

/// Row n is type n + 1.
inline constexpr std::array<FrameRule, 13> frame_table{{
    {FrameType::hello, "HELLO", from_peer, StreamIdRule::zero, no_flags, no_flag_set, false, false,
     limits::max_hello_meta_bytes},
    {FrameType::hello_ack, "HELLO_ACK", from_broker, StreamIdRule::zero, no_flags, no_flag_set, false, false,
     limits::max_hello_meta_bytes},
    {FrameType::ready, "READY", from_worker, StreamIdRule::zero},
    {FrameType::request, "REQUEST", from_caller, StreamIdRule::not_zero, all_flags, request_flag_sets, true, true},
    {FrameType::data, "DATA", from_both, StreamIdRule::not_zero, all_flags, data_flag_sets, true},
    {FrameType::end, "END", from_responder, StreamIdRule::not_zero},
    {FrameType::cancel, "CANCEL", from_caller, StreamIdRule::not_zero},
    {FrameType::window, "WINDOW", from_both, StreamIdRule::any},
    {FrameType::ping, "PING", from_both, StreamIdRule::zero},
    {FrameType::pong, "PONG", from_both, StreamIdRule::zero},
    {FrameType::goaway, "GOAWAY", from_both, StreamIdRule::zero},
    {FrameType::lane, "LANE", 0, StreamIdRule::any, 0xFFFF, any_flag_set, true, true, limits::max_meta_bytes, true},
    {FrameType::unimplemented, "UNIMPLEMENTED", from_both, StreamIdRule::any},
}};

/// What holds for a type that is not in the table: lengths only.
inline constexpr FrameRule unknown_frame_rule{FrameType{0}, "unrecognised", from_both, StreamIdRule::any,      0xFFFF,
                                              any_flag_set, true,           true,      limits::max_meta_bytes, true};

[[nodiscard]] constexpr const FrameRule& rule_of(FrameType type) noexcept {
  const auto row = static_cast<std::size_t>(type) - 1;  // Type 0 becomes a huge number.
  return row < frame_table.size() ? frame_table[row] : unknown_frame_rule;
}

/// False when this frame may not be sent in this direction: a protocol error. An unknown type may travel both ways; it
/// is answered UNIMPLEMENTED.
[[nodiscard]] constexpr bool may_travel(const FrameHeader& header, Direction direction) noexcept {
  const FrameRule& rule = rule_of(header.type);
  if (rule.reserved) return true;
  const auto bit = static_cast<std::uint8_t>(direction);
  const bool is_callers = (header.flags & (flag_end_stream | flag_no_message)) != 0;
  return (rule.senders & bit) != 0 && (!is_callers || (from_caller & bit) != 0);
}

}  // namespace plugbroker::protocol
