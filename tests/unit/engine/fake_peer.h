// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "broker_core/base/strong_id.h"
#include "broker_core/protocol/frame_reader.h"
#include "broker_core/protocol/frame_writer.h"

namespace plugbroker::engine::testing {

class EngineWorld;

/// A frame that a peer got from the broker, with its bytes.
struct SeenFrame {
  protocol::FrameHeader header;
  std::vector<std::byte> meta;
  std::string payload;
};

/// END with its texts owned.
struct SeenEnd {
  StatusCode status = StatusCode::unknown;
  RetryClass retry = RetryClass::never;
  Origin origin = Origin::client;
  bool worker_received = false;
  std::string message;
  std::string content_type;
  std::vector<std::pair<std::string, std::string>> app_metadata;
  std::string detail;
  std::uint64_t retry_after_us = 0;
};

struct SeenGoAway {
  std::uint64_t last_stream = 0;
  StatusCode status = StatusCode::ok;
  std::string message;
};

inline constexpr std::uint16_t whole = protocol::flag_end_stream;  ///< A request of one frame.
inline constexpr std::uint16_t more = protocol::flag_more;
inline constexpr std::uint16_t no_message = protocol::flag_no_message;  ///< Of a REQUEST: opens a stream.
inline constexpr std::uint16_t half_close = protocol::flag_no_message | protocol::flag_end_stream;

/// The other end of one pipe: a plugin or a worker that a test plays, speaking real frames.
class FakePeer {
 public:
  FakePeer(EngineWorld& world, ConnectionId connection) : world_(world), connection_(connection) {}

  [[nodiscard]] ConnectionId connection() const { return connection_; }

  // To the broker.
  void send_bytes(ByteView bytes);
  template <typename Write>
  void send(Write write) {
    std::vector<std::byte> bytes;
    protocol::FrameWriter writer{bytes};
    write(writer);
    send_bytes(bytes);
  }
  void hello(protocol::Role role, const protocol::PeerLimits& limits = {});
  void ready(std::vector<std::string> routes, std::uint32_t concurrency);
  void request(std::uint64_t stream, std::string_view route, std::string_view payload = {},
               Duration deadline = std::chrono::seconds{30}, std::uint16_t flags = whole);
  void data(std::uint64_t stream, std::string_view payload, std::uint16_t flags = 0);
  void end(std::uint64_t stream, const protocol::EndMeta& end = {.origin = Origin::worker, .worker_received = true});
  void cancel(std::uint64_t stream);
  void window(std::uint64_t stream, std::uint32_t credit);
  /// A whole reply: DATA, then END(ok).
  void reply(std::uint64_t stream, std::string_view payload);
  /// The pipe breaks.
  void disappear(std::string_view reason = "end of file");

  // From the broker. What was sent to a peer that isn't reading stays in the broker.
  void stop_reading() { reading_ = false; }
  void read_again();
  [[nodiscard]] bool reading() const { return reading_; }
  void take_in(ByteView bytes);

  [[nodiscard]] std::vector<SeenFrame> seen(protocol::FrameType type) const;
  [[nodiscard]] std::vector<SeenFrame> seen(protocol::FrameType type, std::uint64_t stream) const;
  [[nodiscard]] std::size_t count(protocol::FrameType type) const { return seen(type).size(); }
  [[nodiscard]] const std::vector<SeenFrame>& frames() const { return frames_; }
  void forget_frames() { frames_.clear(); }

  [[nodiscard]] protocol::HelloAck hello_ack() const;
  /// The one END of that stream; a test fails when there is none or more than one.
  [[nodiscard]] SeenEnd end_of(std::uint64_t stream) const;
  [[nodiscard]] bool has_end(std::uint64_t stream) const { return !seen(protocol::FrameType::end, stream).empty(); }
  /// The whole messages that came on that stream, borders kept.
  [[nodiscard]] std::vector<std::string> messages_of(std::uint64_t stream) const;
  /// True when the caller's last frame on that stream said that it is the last.
  [[nodiscard]] bool half_closed(std::uint64_t stream) const;
  [[nodiscard]] std::string reply_of(std::uint64_t stream) const;
  [[nodiscard]] SeenGoAway goaway() const;
  [[nodiscard]] std::uint32_t credit_for(std::uint64_t stream) const;
  /// The stream id of the newest REQUEST; 0 when there is none.
  [[nodiscard]] std::uint64_t last_request() const;

  std::uint64_t requests_taken = 0;  ///< REQUESTs that came, forgotten ones too.
  bool closed_by_broker = false;     ///< CloseConnection was given.
  bool open = true;                  ///< ConnectionClosed was not reported.

 private:
  EngineWorld& world_;
  ConnectionId connection_;
  bool reading_ = true;
  protocol::FrameReader reader_;
  std::vector<SeenFrame> frames_;
};

}  // namespace plugbroker::engine::testing
