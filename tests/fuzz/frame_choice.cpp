// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/frame_choice.h"

#include <array>
#include <string_view>

#include "broker_core/protocol/frame_writer.h"
#include "broker_core/protocol/negotiation.h"

namespace plugbroker::fuzz {
namespace {

using protocol::FrameType;

constexpr std::array<std::string_view, 4> routes{"echo", "other", "nosuch", "not a route"};
constexpr std::array<std::uint64_t, 6> deadlines_us{2'000'000, 1, 1'000, 86'400'000'000, 86'400'000'001, 0};
constexpr std::array<std::size_t, 8> sizes{0, 3, 1, 64, 500, 4'096, 20'000, 0};
constexpr std::array<std::uint32_t, 6> credits{1, 32, 4'128, 131'072, limits::max_window_bytes, 100};
constexpr std::array<std::uint32_t, 4> windows{262'144, limits::min_window_bytes, 10'000, limits::max_window_bytes};

template <typename Table>
auto one_of(const Table& table, FuzzInput& input) {
  return table[input.below(table.size())];
}

protocol::PeerDescription chosen_peer(FuzzInput& input) {
  protocol::PeerDescription peer;
  if (input.below(4) != 3) return peer;
  peer.limits.max_streams = static_cast<std::uint32_t>(input.below(4));
  peer.limits.stream_window = one_of(windows, input);
  peer.limits.connection_window = one_of(windows, input);
  peer.limits.max_payload = 100 * input.byte();
  peer.wire_version_max = static_cast<std::uint16_t>(input.below(3));
  peer.features_required = input.below(2);
  return peer;
}

protocol::EndMeta chosen_end(FuzzInput& input) {
  protocol::EndMeta end{.origin = Origin::worker, .worker_received = true};
  end.status = static_cast<StatusCode>(input.below(highest_status_code + 1));
  end.retry = static_cast<RetryClass>(input.below(3));
  return end;
}

}  // namespace

std::uint64_t FrameChoice::chosen_stream(FuzzInput& input) {
  switch (input.below(8)) {
    case 0:
    case 1:
      return ++last_stream_;
    case 2:
      return input.byte();
    case 3:
      return ~0ull - input.below(2);
    default:
      return last_stream_;
  }
}

std::vector<std::byte> FrameChoice::chosen_payload(FuzzInput& input) {
  const std::size_t size = std::min(one_of(sizes, input), payload_left_);
  payload_left_ -= size;
  return std::vector<std::byte>(size, std::byte{'x'});
}

void FrameChoice::append(FuzzInput& input, std::vector<std::byte>& bytes) {
  const std::size_t before = bytes.size();
  const auto type = static_cast<FrameType>(1 + input.below(15));
  const std::uint64_t stream = chosen_stream(input);
  protocol::FrameWriter writer{bytes};
  switch (type) {
    case FrameType::hello:
      writer.hello({.role = static_cast<protocol::Role>(1 + input.below(2)), .peer = chosen_peer(input)});
      break;
    case FrameType::hello_ack:
      writer.hello_ack(protocol::answer_hello({}, chosen_peer(input), {}));
      break;
    case FrameType::ready:
      (void)writer.ready({{"echo", "other"}, static_cast<std::uint32_t>(1 + input.below(4))});
      break;
    case FrameType::request: {
      const auto flags = static_cast<std::uint16_t>(input.below(8));
      const std::uint64_t deadline_us = one_of(deadlines_us, input);
      writer.request(stream, flags, deadline_us, {.route = one_of(routes, input)}, chosen_payload(input));
      break;
    }
    case FrameType::data:
      writer.data(stream, static_cast<std::uint16_t>(input.below(8)), chosen_payload(input));
      break;
    case FrameType::end:
      writer.end(stream, chosen_end(input));
      break;
    case FrameType::cancel:
      writer.cancel(stream);
      break;
    case FrameType::window:
      writer.window(input.below(2) == 0 ? 0 : stream, one_of(credits, input));
      break;
    case FrameType::ping:
      writer.ping(input.byte());
      break;
    case FrameType::pong:
      writer.pong(input.byte());
      break;
    case FrameType::goaway:
      writer.goaway({.last_stream = stream, .status = static_cast<StatusCode>(input.below(highest_status_code + 1))});
      break;
    case FrameType::unimplemented:
      writer.unimplemented(stream, FrameType{input.byte()});
      break;
    default:
      writer.frame({.type = type, .stream_id = stream}, input.bytes(input.below(16)), {});
  }
  if (input.below(16) == 15) {
    const std::size_t at = before + input.byte() % (bytes.size() - before);
    bytes[at] = std::byte{input.byte()};
  }
}

}  // namespace plugbroker::fuzz
