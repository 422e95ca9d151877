// SPDX-License-Identifier: Apache-2.0
#include "broker_core/protocol/negotiation.h"

#include <algorithm>

#include "broker_core/base/assert.h"

namespace plugbroker::protocol {
namespace {

using namespace std::chrono_literals;

std::string wire_versions(const PeerDescription& peer) {
  return std::to_string(peer.wire_version_min) + " to " + std::to_string(peer.wire_version_max);
}

/// `bits` is not zero.
std::string bit_numbers(std::uint64_t bits) {
  std::string text;
  for (int bit = 0; bit < 64; ++bit) {
    if ((bits >> bit & 1) == 0) continue;
    if (!text.empty()) text += ", ";
    text += std::to_string(bit);
  }
  return text;
}

/// The versions that both speak are `low` to `high`; none when low is above high.
struct Common {
  std::uint16_t low;
  std::uint16_t high;
};

Common common_versions(const PeerDescription& one, const PeerDescription& other) noexcept {
  return {std::max(one.wire_version_min, other.wire_version_min),
          std::min(one.wire_version_max, other.wire_version_max)};
}

Status missing_features(std::string_view requiring, std::uint64_t required, std::string_view lacking,
                        std::uint64_t supported) {
  const std::uint64_t missing = required & ~supported;
  if (missing == 0) return {};
  std::string message{requiring};
  message.append(" requires features that ").append(lacking).append(" lacks: bit ").append(bit_numbers(missing));
  return {StatusCode::failed_precondition, std::move(message)};
}

Status check_features(const PeerDescription& client, const PeerDescription& server) {
  Status status = missing_features("the client", client.features_required, "the server", server.features_supported);
  if (!status.ok()) return status;
  return missing_features("the server", server.features_required, "the client", client.features_supported);
}

}  // namespace

HelloAck answer_hello(const Hello& hello, const PeerDescription& server, const InstanceId& instance) {
  const auto [low, high] = common_versions(hello.peer, server);
  if (low > high) {
    return refuse_hello(
        {StatusCode::failed_precondition, "no common wire version: the client speaks " + wire_versions(hello.peer) +
                                              ", the server " + wire_versions(server)},
        server);
  }
  if (Status status = check_features(hello.peer, server); !status.ok()) return refuse_hello(std::move(status), server);
  return {.result = {}, .wire_version = high, .instance_id = instance, .peer = server};
}

HelloAck refuse_hello(Status reason, const PeerDescription& server) {
  PLUGBROKER_ASSERT(!reason.ok());
  HelloAck ack;
  ack.result = std::move(reason);
  ack.peer.wire_version_min = server.wire_version_min;
  ack.peer.wire_version_max = server.wire_version_max;
  return ack;
}

Status check_hello_ack(const HelloAck& ack, const PeerDescription& own) {
  if (!ack.result.ok()) {
    return {ack.result.code, ack.result.message + " (the server speaks wire version " + wire_versions(ack.peer) + ")"};
  }
  const auto [low, high] = common_versions(own, ack.peer);
  if (ack.wire_version < low || ack.wire_version > high) {
    return {StatusCode::failed_precondition, "the server chose wire version " + std::to_string(ack.wire_version) +
                                                 "; it speaks " + wire_versions(ack.peer) + ", this side " +
                                                 wire_versions(own)};
  }
  return check_features(own, ack.peer);
}

Duration forwarded_deadline(Duration remaining) noexcept {
  constexpr Duration largest_reserve = 20ms;
  const Duration reserve = std::min(remaining / 20, largest_reserve);
  return std::max(remaining - reserve, limits::min_deadline);
}

}  // namespace plugbroker::protocol
