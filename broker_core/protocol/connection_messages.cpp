// SPDX-License-Identifier: Apache-2.0
#include "broker_core/protocol/decode_by_rules.h"
#include "broker_core/protocol/messages.h"
#include "broker_core/protocol/metadata_fields.h"

namespace plugbroker::protocol {
namespace {

constexpr std::array goaway_rules{
    required(TlvType::last_stream),
    required(TlvType::status),
    optional(TlvType::message),
};
constexpr std::array credit_rules{required(TlvType::credit)};
constexpr std::array opaque_rules{required(TlvType::opaque)};
constexpr std::array frame_type_rules{required(TlvType::frame_type)};

}  // namespace

std::size_t encode(const GoAway& goaway, MutableByteView buffer) noexcept {
  TlvWriter writer(buffer);
  writer.put_u64(TlvType::last_stream, goaway.last_stream);
  writer.put_u16(TlvType::status, static_cast<std::uint16_t>(goaway.status));
  put_text_unless_empty<TlvType::message>(writer, goaway.message);
  return writer.size();
}

std::size_t encode_credit(std::uint32_t credit, MutableByteView buffer) noexcept {
  TlvWriter writer(buffer);
  writer.put_u32(TlvType::credit, credit);
  return writer.size();
}

std::size_t encode_opaque(std::uint64_t opaque, MutableByteView buffer) noexcept {
  TlvWriter writer(buffer);
  writer.put_u64(TlvType::opaque, opaque);
  return writer.size();
}

std::size_t encode_frame_type(std::uint8_t type, MutableByteView buffer) noexcept {
  TlvWriter writer(buffer);
  writer.put_u8(TlvType::frame_type, type);
  return writer.size();
}

Result<GoAway> decode_goaway(ByteView metadata) {
  FieldSet<goaway_rules> fields;
  if (Status status = fields.read(FrameType::goaway, metadata); !status.ok()) return status;
  return GoAway{.last_stream = fields.number<TlvType::last_stream, std::uint64_t>(),
                .status = static_cast<StatusCode>(fields.number<TlvType::status, std::uint16_t>()),
                .message = fields.text<TlvType::message>()};
}

Result<std::uint32_t> decode_credit(ByteView metadata) {
  constexpr std::uint32_t head = tlv_head(TlvType::credit, sizeof(std::uint32_t));
  if (metadata.size() != 2 * sizeof head || load_le<std::uint32_t>(metadata.data()) != head) {
    return decode_credit_by_rules(metadata);
  }
  const auto credit = load_le<std::uint32_t>(metadata.data() + sizeof head);
  if (credit == 0 || credit > limits::max_window_bytes) return decode_credit_by_rules(metadata);
  return credit;
}

Result<std::uint32_t> decode_credit_by_rules(ByteView metadata) {
  FieldSet<credit_rules> fields;
  if (Status status = fields.read(FrameType::window, metadata); !status.ok()) return status;
  return fields.number<TlvType::credit, std::uint32_t>();
}

Result<std::uint64_t> decode_opaque(ByteView metadata) {
  FieldSet<opaque_rules> fields;
  if (Status status = fields.read(FrameType::ping, metadata); !status.ok()) return status;
  return fields.number<TlvType::opaque, std::uint64_t>();
}

Result<std::uint8_t> decode_frame_type(ByteView metadata) {
  FieldSet<frame_type_rules> fields;
  if (Status status = fields.read(FrameType::unimplemented, metadata); !status.ok()) return status;
  return fields.number<TlvType::frame_type, std::uint8_t>();
}

}  // namespace plugbroker::protocol
