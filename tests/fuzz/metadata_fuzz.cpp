// SPDX-License-Identifier: Apache-2.0
// Any metadata are decoded or refused; what was decoded encodes to TLVs that were there, and these decode to the same.
#include <array>
#include <utility>

#include "broker_core/protocol/frame_table.h"
#include "broker_core/protocol/frame_writer.h"
#include "broker_core/protocol/messages.h"
#include "broker_core/protocol/tlv.h"
#include "tests/fuzz/frame_stream.h"

namespace plugbroker::fuzz {
namespace {

using protocol::FrameType;
using Bytes = std::vector<std::byte>;

/// The metadata that encoding what `metadata` say gives; or why they were refused.
Result<Bytes> recoded(FrameType type, ByteView metadata) {
  Bytes buffer(limits::max_meta_bytes);
  std::size_t used = 0;
  const auto recode = [&](const auto& decoded, auto encode_it) -> Result<Bytes> {
    if (!decoded) return decoded.status();
    used = encode_it(*decoded);
    return Bytes(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(used));
  };
  const auto plain = [&](const auto& message) { return protocol::encode(message, buffer); };
  switch (type) {
    case FrameType::hello:
      return recode(protocol::decode_hello(metadata), plain);
    case FrameType::hello_ack:
      return recode(protocol::decode_hello_ack(metadata), plain);
    case FrameType::ready:
      return recode(protocol::decode_ready(metadata), [&](const protocol::Ready& ready) {
        const Result<std::size_t> length = protocol::encode(ready, buffer);
        require(length.ok(), "what was decoded can be sent");
        return *length;
      });
    case FrameType::request:
      return recode(protocol::decode_request(metadata), plain);
    case FrameType::end:
      return recode(protocol::decode_end(metadata), plain);
    case FrameType::goaway:
      return recode(protocol::decode_goaway(metadata), plain);
    case FrameType::window:
      return recode(protocol::decode_credit(metadata),
                    [&](std::uint32_t credit) { return protocol::encode_credit(credit, buffer); });
    case FrameType::ping:
    case FrameType::pong:
      return recode(protocol::decode_opaque(metadata),
                    [&](std::uint64_t opaque) { return protocol::encode_opaque(opaque, buffer); });
    case FrameType::unimplemented:
      return recode(protocol::decode_frame_type(metadata),
                    [&](std::uint8_t number) { return protocol::encode_frame_type(number, buffer); });
    default:
      break;
  }
  const Status status = protocol::check_metadata(type, metadata);
  return status.ok() ? Result<Bytes>{Bytes{}} : Result<Bytes>{status};
}

bool holds(ByteView metadata, const protocol::Tlv& wanted) {
  protocol::TlvReader reader(metadata);
  while (const std::optional<protocol::Tlv> tlv = reader.next()) {
    const bool same_type = (tlv->type & ~protocol::tlv_critical_bit) == wanted.type;
    if (same_type && std::ranges::equal(tlv->value, wanted.value)) return true;
  }
  return false;
}

void check_metadata_of(FrameType type, ByteView metadata) {
  const Result<Bytes> first = recoded(type, metadata);
  if (!first) {
    const StatusCode code = first.status().code;
    require(code == StatusCode::invalid_argument || code == StatusCode::unimplemented, "refusals have two codes");
    require(!first.status().message.empty(), "a refusal says why");
    return;
  }
  protocol::TlvReader reader(*first);
  while (const std::optional<protocol::Tlv> tlv = reader.next()) {
    // A result above the highest status is read as unknown.
    const bool is_result = tlv->type == static_cast<std::uint16_t>(protocol::TlvType::result);
    require(is_result || holds(metadata, *tlv), "what is encoded again was there");
  }
  require(!reader.malformed(), "what is encoded is well-formed");
  const Result<Bytes> second = recoded(type, *first);
  require(second.ok(), "what was encoded can be decoded");
  require(*second == *first, "what was encoded decodes to the same");
}

constexpr std::array types{FrameType::hello, FrameType::hello_ack, FrameType::ready,  FrameType::request,
                           FrameType::data,  FrameType::end,       FrameType::cancel, FrameType::window,
                           FrameType::ping,  FrameType::pong,      FrameType::goaway, FrameType::unimplemented};

/// The metadata of each frame as they lie in the reader's memory.
Result<Bytes> recoded_from_stream(FrameType type, ByteView stream, Cut cut) {
  const FrameStream read = read_frames<protocol::FrameReader>(stream, 0, cut);
  require(read.frames.size() == 1, "a frame that was written can be read");
  return recoded(type, read.frames.front().meta);
}

}  // namespace
}  // namespace plugbroker::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace plugbroker;
  fuzz::FuzzInput input(data, size);
  const protocol::FrameType type = fuzz::types[input.below(fuzz::types.size())];
  const bool opening = type == protocol::FrameType::hello || type == protocol::FrameType::hello_ack;
  const ByteView taken = input.bytes(opening ? limits::max_hello_meta_bytes : limits::max_meta_bytes);
  const std::vector<std::byte> metadata(taken.begin(), taken.end());
  fuzz::check_metadata_of(type, metadata);

  const bool has_stream = protocol::rule_of(type).stream_id == protocol::StreamIdRule::not_zero;
  std::vector<std::byte> stream;
  protocol::FrameWriter writer{stream};
  writer.frame(
      {.type = type, .stream_id = has_stream ? 1u : 0u, .deadline_us = type == protocol::FrameType::request ? 1u : 0u},
      metadata, {});
  const auto whole = fuzz::recoded_from_stream(type, stream, fuzz::Cut::whole);
  const auto pieces = fuzz::recoded_from_stream(type, stream, fuzz::Cut::byte_by_byte);
  fuzz::require(whole.ok() == pieces.ok(), "what is decoded does not depend on how the bytes were cut");
  fuzz::require(!whole.ok() || *whole == *pieces, "what is decoded does not depend on how the bytes were cut");
  return 0;
}
