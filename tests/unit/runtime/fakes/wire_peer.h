// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "broker_core/protocol/frame_writer.h"

namespace plugbroker::test {

/// A frame with bytes of its own.
struct ReceivedFrame {
  protocol::FrameHeader header;
  std::vector<std::byte> meta;
  std::string payload;
};

/// All frames of `bytes`, which must end with a whole one; an empty list with a test failure otherwise.
[[nodiscard]] std::vector<ReceivedFrame> frames_in(const std::vector<std::byte>& bytes);
[[nodiscard]] std::vector<ReceivedFrame> frames_of_type(const std::vector<std::byte>& bytes, protocol::FrameType type);

/// The metadata of the first END in `bytes`; a code of `unknown` and the message "no END" when there is none.
struct Outcome {
  std::uint64_t stream = 0;
  StatusCode status = StatusCode::unknown;
  RetryClass retry = RetryClass::never;
  Origin origin = Origin::client;
  bool worker_received = false;
  std::string message = "no END";
  std::string content_type;
};
[[nodiscard]] Outcome first_outcome(const std::vector<std::byte>& bytes);

/// What a HELLO_ACK at the front of `bytes` says; a status of `unknown` when there is none.
[[nodiscard]] protocol::HelloAck hello_ack_in(const std::vector<std::byte>& bytes);

[[nodiscard]] std::vector<std::byte> hello(protocol::Role role, protocol::PeerLimits limits = {});
[[nodiscard]] std::vector<std::byte> ready(std::vector<std::string> routes, std::uint32_t concurrency = 1);
[[nodiscard]] std::vector<std::byte> request(std::uint64_t stream, std::string_view route, std::string_view payload,
                                             std::uint16_t flags = protocol::flag_end_stream,
                                             std::uint64_t deadline_us = 2'000'000);
[[nodiscard]] std::vector<std::byte> data(std::uint64_t stream, std::uint16_t flags, std::string_view payload);
[[nodiscard]] std::vector<std::byte> end(std::uint64_t stream, StatusCode status);
[[nodiscard]] std::vector<std::byte> cancel(std::uint64_t stream);
[[nodiscard]] std::vector<std::byte> window(std::uint64_t stream, std::uint32_t credit);
[[nodiscard]] std::vector<std::byte> ping(std::uint64_t opaque);
/// A frame without metadata, whatever its type needs.
[[nodiscard]] std::vector<std::byte> bare(protocol::FrameType type);

/// All payload of DATA frames of `stream`.
[[nodiscard]] std::string reply_of(const std::vector<std::byte>& bytes, std::uint64_t stream);

}  // namespace plugbroker::test
