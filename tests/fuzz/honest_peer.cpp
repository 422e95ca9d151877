// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/honest_peer.h"

#include <array>
#include <iterator>
#include <string_view>

namespace plugbroker::fuzz {
namespace {

using protocol::FrameType;
using protocol::Role;

constexpr std::array<std::string_view, 4> routes{"echo", "echo", "other", "nosuch"};
constexpr std::array<std::size_t, 4> sizes{0, 10, 1'000, 8'000};
constexpr std::uint16_t whole = protocol::flag_end_stream;
constexpr std::uint16_t none = protocol::flag_no_message;
constexpr std::array<std::uint16_t, 6> begin_flags{whole, protocol::flag_more, 0, none, none | whole, whole};
constexpr std::array<std::uint16_t, 4> go_on_flags{protocol::flag_more, whole, 0, none | whole};
constexpr std::array<std::uint64_t, 4> deadlines_us{30'000'000, 1'000'000, 50'000, 1'000};

}  // namespace

HonestPeer::HonestPeer(Role role) : role_(role) {
  protocol::FrameWriter{outgoing}.hello({.role = role, .peer = {}});
}

void HonestPeer::act(FuzzInput& input) {
  if (!opened_) return;
  const std::size_t choice = input.byte();
  if (is_client() && !told_to_go_ && (streams_.empty() || choice % 4 == 0)) {
    begin_call(input);
    return;
  }
  if (streams_.empty()) return;
  const auto at = std::next(streams_.begin(), static_cast<std::ptrdiff_t>(choice / 4 % streams_.size()));
  if (is_client()) {
    go_on(input, at->first, at->second);
  } else {
    answer(input, at->first, at->second);
  }
}

void HonestPeer::begin_call(FuzzInput& input) {
  Stream stream{.send = protocol::SendWindow{broker_.stream_window}};
  if (!may_send(stream)) return;
  const std::size_t choice = input.byte();
  const std::uint16_t flags = begin_flags[choice % begin_flags.size()];
  const std::size_t size = (flags & protocol::flag_no_message) != 0 ? 0 : sizes[choice / 8 % sizes.size()];
  const std::vector<std::byte> payload = spend(stream, size);
  note_flags(stream, flags);
  const std::uint64_t id = last_stream_ += 1 + choice % 3;
  protocol::FrameWriter{outgoing}.request(id, flags, deadlines_us[choice / 32 % deadlines_us.size()],
                                          {.route = routes[choice / 64 % routes.size()]}, payload);
  streams_.emplace(id, stream);
}

/// The next DATA of a request, or CANCEL.
void HonestPeer::go_on(FuzzInput& input, std::uint64_t id, Stream& stream) {
  const std::size_t choice = input.byte();
  if (choice % 8 == 7 || stream.half_closed) {
    protocol::FrameWriter{outgoing}.cancel(id);
    stream.half_closed = true;
    return;
  }
  if (!may_send(stream)) return;
  std::uint16_t flags = go_on_flags[choice % go_on_flags.size()];
  const bool no_message = (flags & protocol::flag_no_message) != 0;
  if (no_message && stream.in_message) flags = protocol::flag_end_stream;
  note_flags(stream, flags);
  protocol::FrameWriter{outgoing}.data(id, flags, spend(stream, no_message ? 0 : sizes[choice / 8 % sizes.size()]));
}

/// The next DATA of a reply, or END.
void HonestPeer::answer(FuzzInput& input, std::uint64_t id, Stream& stream) {
  const std::size_t choice = input.byte();
  if (choice % 4 == 0) {
    protocol::EndMeta end{.origin = Origin::worker, .worker_received = true};
    end.status = choice % 16 != 0 && !stream.in_message ? StatusCode::ok : StatusCode::internal;
    protocol::FrameWriter{outgoing}.end(id, end);
    streams_.erase(id);
    return;
  }
  if (!may_send(stream)) return;
  stream.in_message = choice % 4 == 1;
  const auto flags = stream.in_message ? protocol::flag_more : std::uint16_t{0};
  protocol::FrameWriter{outgoing}.data(id, flags, spend(stream, sizes[choice / 8 % sizes.size()]));
}

void HonestPeer::note_flags(Stream& stream, std::uint16_t flags) noexcept {
  stream.in_message = flags == protocol::flag_more;
  stream.half_closed = (flags & protocol::flag_end_stream) != 0;
}

bool HonestPeer::may_send(const Stream& stream) const noexcept {
  return stream.send.can_send_empty() && send_.can_send_empty();
}

std::vector<std::byte> HonestPeer::spend(Stream& stream, std::size_t wanted) {
  const std::size_t size = std::min<std::size_t>({wanted, stream.send.payload_room(), send_.payload_room()});
  stream.send.spend(protocol::frame_charge(size));
  send_.spend(protocol::frame_charge(size));
  return std::vector<std::byte>(size, std::byte{'h'});
}

void HonestPeer::take(const std::vector<OwnedFrame>& frames) {
  for (const OwnedFrame& frame : frames) take_frame(frame);
}

void HonestPeer::take_frame(const OwnedFrame& frame) {
  const std::uint64_t id = frame.header.stream_id;
  const auto at = streams_.find(id);
  switch (frame.header.type) {
    case FrameType::hello_ack: {
      const auto ack = protocol::decode_hello_ack(frame.meta);
      if (!ack->result.ok()) return;
      opened_ = true;
      broker_ = ack->peer.limits;
      send_ = protocol::SendWindow{broker_.connection_window};
      if (!is_client()) (void)protocol::FrameWriter{outgoing}.ready({{"echo", "other"}, 4});
      return;
    }
    case FrameType::request:
      streams_.emplace(id, Stream{.send = protocol::SendWindow{broker_.stream_window}});
      receive_payload(id, frame.header);
      return;
    case FrameType::data:
      receive_payload(id, frame.header);
      return;
    case FrameType::end:
      streams_.erase(id);
      return;
    case FrameType::window: {
      const std::uint32_t credit = protocol::decode_credit(frame.meta).value();
      if (id == 0) require(send_.add(credit), "the broker gives no more credit than one may hold");
      if (at != streams_.end())
        require(at->second.send.add(credit), "the broker gives no more credit than one may hold");
      return;
    }
    case FrameType::goaway: {
      const protocol::GoAway goaway = protocol::decode_goaway(frame.meta).value();
      if (goaway.status == StatusCode::invalid_argument) {
        std::fprintf(stderr, "GOAWAY to an honest peer: %.*s\n", static_cast<int>(goaway.message.size()),
                     goaway.message.data());
      }
      require(goaway.status != StatusCode::invalid_argument, "an honest peer breaks no rule");
      told_to_go_ = true;
      return;
    }
    case FrameType::unimplemented:
      require(false, "an honest peer writes nothing unknown");
      return;
    default:
      return;
  }
}

void HonestPeer::receive_payload(std::uint64_t id, const protocol::FrameHeader& header) {
  const std::uint32_t charge = protocol::frame_charge(header.payload_len);
  protocol::FrameWriter writer{outgoing};
  require(receive_.receive(charge), "the connection's credit is kept to");
  if (const std::uint32_t due = receive_.release(charge)) writer.window(0, due);
  const auto at = streams_.find(id);
  if (at == streams_.end()) return;
  require(at->second.receive.receive(charge), "the stream's credit is kept to");
  if (const std::uint32_t due = at->second.receive.release(charge)) writer.window(id, due);
}

}  // namespace plugbroker::fuzz
