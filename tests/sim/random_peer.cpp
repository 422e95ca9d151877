// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/random_peer.h"

#include <algorithm>
#include <utility>

namespace plugbroker::sim {

using engine::testing::more;
using engine::testing::no_message;

CallTag CallTag::read(const protocol::AppMetadata& pairs) {
  CallTag tag;
  for (const protocol::MetadataPair pair : pairs) {
    if (pair.key == "messages") tag.messages = std::stoul(std::string{pair.value});
    if (pair.key == "call") tag.call = std::string{pair.value};
  }
  return tag;
}

protocol::AppMetadataList CallTag::pairs() const {
  protocol::AppMetadataList pairs;
  (void)pairs.add("messages", std::to_string(messages));
  if (!call.empty()) (void)pairs.add("call", call);
  return pairs;
}

void RandomPeer::deliver(bool everything) {
  if (outgoing_.empty() || gone()) return;
  const std::size_t part = everything || dice().once_in(2) ? outgoing_.size() : 1 + dice().below(outgoing_.size());
  const std::vector<std::byte> bytes(outgoing_.begin(), outgoing_.begin() + static_cast<std::ptrdiff_t>(part));
  outgoing_.erase(outgoing_.begin(), outgoing_.begin() + static_cast<std::ptrdiff_t>(part));
  delivered_ += part;
  was_delivered(delivered_);
  pipe.send_bytes(bytes);
}

void RandomPeer::consume() {
  if (pipe.frames().empty()) return;
  for (const SeenFrame& frame : pipe.frames()) take_frame(frame);
  pipe.forget_frames();
}

void RandomPeer::write_noise() {
  const std::size_t size = 1 + dice().below(100);
  for (std::size_t i = 0; i < size; ++i) outgoing_.push_back(static_cast<std::byte>(dice().below(256)));
}

std::optional<std::string> RandomPeer::spend(StreamCredit& credit, std::size_t wanted, char letter) {
  if (!credit.send.can_send_empty() || !send_.can_send_empty()) return std::nullopt;
  const std::size_t size =
      std::min<std::size_t>({wanted, limits::max_chunk_bytes, credit.send.payload_room(), send_.payload_room()});
  credit.send.spend(protocol::frame_charge(size));
  send_.spend(protocol::frame_charge(size));
  return std::string(size, letter);
}

void RandomPeer::check_messages(Messages& messages, const SeenFrame& frame) {
  if ((frame.header.flags & no_message) != 0) {
    if (messages.inside) violation("NO_MESSAGE inside a message");
    return;
  }
  if (frame.payload.find_first_not_of(messages.letter()) != std::string::npos) violation("a message of other bytes");
  messages.pass((frame.header.flags & more) != 0);
}

void RandomPeer::receive_data(StreamCredit& credit, const SeenFrame& frame, bool gives_stream_credit) {
  const std::uint32_t charge = protocol::frame_charge(frame.payload.size());
  if (!credit.receive.receive(charge)) violation("the broker sent more than the stream's credit");
  if (!receive_.receive(charge)) violation("the broker sent more than the connection's credit");
  if (const std::uint32_t due = receive_.release(charge)) {
    write([&](auto& writer) { writer.window(0, due); });
  }
  if (!gives_stream_credit) return;
  if (const std::uint32_t due = credit.receive.release(charge)) {
    write([&](auto& writer) { writer.window(frame.header.stream_id, due); });
  }
}

void RandomPeer::receive_window(StreamCredit* credit, const SeenFrame& frame) {
  const std::uint32_t credit_given = protocol::decode_credit(frame.meta).value();
  const bool for_connection = frame.header.stream_id == 0;
  if (!for_connection && credit == nullptr) return;
  if (for_connection && sabotage() == Sabotage::keep_credit) return;
  if (!(for_connection ? send_ : credit->send).add(credit_given)) violation("the broker gave too much credit");
}

}  // namespace plugbroker::sim
