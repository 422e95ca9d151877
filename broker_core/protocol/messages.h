// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "broker_core/base/bytes.h"
#include "broker_core/base/limits.h"
#include "broker_core/base/result.h"
#include "broker_core/base/status.h"
#include "broker_core/protocol/app_metadata.h"
#include "broker_core/protocol/frame_header.h"

/// The metadata of each frame type as a struct (docs/PROTOCOL.md, "Metadata").
///
/// decode_*: checks every rule of the document; an error is a Status whose code is `invalid_argument` (a protocol
/// error) or `unimplemented` (an unknown critical TLV, and nothing else is wrong) and whose message says which TLV and
/// why. Structs with views are valid as long as the decoded metadata is.
namespace plugbroker::protocol {

enum class Role : std::uint8_t { client = 1, worker = 2 };

inline constexpr std::uint16_t lowest_wire_version = 1;
inline constexpr std::uint16_t highest_wire_version = 1;

using InstanceId = std::array<std::byte, 16>;
using TraceParent = std::array<std::byte, 25>;

/// What one side takes, told at the opening.
struct PeerLimits {
  std::uint32_t max_chunk = limits::max_chunk_bytes;
  std::uint32_t max_streams = limits::default_max_streams;
  std::uint32_t stream_window = limits::stream_window_bytes;
  std::uint32_t connection_window = limits::connection_window_bytes;
  std::uint64_t max_payload = limits::default_max_payload_bytes;

  friend bool operator==(const PeerLimits&, const PeerLimits&) = default;
};

/// What one side is and speaks, told at the opening.
struct PeerDescription {
  std::uint16_t wire_version_min = lowest_wire_version;
  std::uint16_t wire_version_max = highest_wire_version;
  std::uint64_t features_supported = 0;
  std::uint64_t features_required = 0;
  PeerLimits limits;
  std::string library_name;     ///< Truncated to 64 bytes when encoded.
  std::string library_version;  ///< Truncated to 32 bytes when encoded.

  friend bool operator==(const PeerDescription&, const PeerDescription&) = default;
};

struct Hello {
  Role role = Role::client;
  PeerDescription peer;

  friend bool operator==(const Hello&, const Hello&) = default;
};

struct HelloAck {
  /// Not ok: a refusal, of which only the code, the message and the wire versions are sent. A code above the highest
  /// known is read as `unknown`.
  Status result;
  std::uint16_t wire_version = 0;
  InstanceId instance_id{};
  PeerDescription peer;

  friend bool operator==(const HelloAck&, const HelloAck&) = default;
};

struct Ready {
  std::vector<std::string> routes;
  std::uint32_t concurrency = 1;
};

struct RequestMeta {
  std::string_view route{};  ///< Decoded: 1 to 255 bytes, which need not be a valid route. To encode: a valid one.
  ByteView traceparent{};    ///< 25 bytes or empty; any other length is not encoded.
  std::string_view content_type{};  ///< Truncated to 255 bytes when encoded.
  /// The next three are not encoded when they are longer than their limit: who takes them from others checks them.
  std::string_view idempotency_key{};
  std::string_view tracestate{};
  // Who calls, from the broker to a worker only: it drops what a client says.
  std::string_view caller_sid{};
  std::string_view caller_account{};                ///< Truncated to 512 bytes when encoded.
  std::optional<std::uint32_t> caller_integrity{};  ///< The mandatory level: 0x2000 is medium, 0x3000 high.
  std::optional<std::uint32_t> caller_session{};    ///< The number of the Windows session.
  AppMetadata app_metadata{};
};

/// A call's outcome.
struct EndMeta {
  StatusCode status = StatusCode::ok;
  RetryClass retry = RetryClass::never;
  Origin origin = Origin::broker;
  bool worker_received = false;
  std::string_view message{};  ///< Truncated to 1,024 bytes at a character's border when encoded.
  std::string_view content_type{};
  AppMetadata app_metadata{};
  ByteView detail{};                 ///< For the caller's program. Not encoded when longer than 2,048 bytes.
  std::uint64_t retry_after_us = 0;  ///< A hint; 0: none. Cut to 24 hours when encoded.
};

struct GoAway {
  std::uint64_t last_stream = 0;
  StatusCode status = StatusCode::ok;
  std::string_view message{};  ///< Truncated like EndMeta's.

  /// It tells of a protocol error of the side that receives it, not only that its sender takes no more.
  [[nodiscard]] bool complains() const noexcept {
    return status != StatusCode::ok && status != StatusCode::unavailable;
  }
};

/// Each encode writes metadata into `buffer` (at least limits::max_meta_bytes long; HELLO and HELLO_ACK use at most
/// limits::max_hello_meta_bytes) and returns the bytes used.
[[nodiscard]] std::size_t encode(const Hello& hello, MutableByteView buffer) noexcept;
[[nodiscard]] std::size_t encode(const HelloAck& ack, MutableByteView buffer) noexcept;
[[nodiscard]] std::size_t encode(const RequestMeta& request, MutableByteView buffer) noexcept;
[[nodiscard]] std::size_t encode(const EndMeta& end, MutableByteView buffer) noexcept;
[[nodiscard]] std::size_t encode(const GoAway& goaway, MutableByteView buffer) noexcept;
/// Fails (invalid_argument) when there is no route or more than 256, when one is not valid, when `concurrency` is out
/// of range, or when the routes do not fit into limits::max_meta_bytes.
[[nodiscard]] Result<std::size_t> encode(const Ready& ready, MutableByteView buffer);
[[nodiscard]] std::size_t encode_credit(std::uint32_t credit, MutableByteView buffer) noexcept;
[[nodiscard]] std::size_t encode_opaque(std::uint64_t opaque, MutableByteView buffer) noexcept;
[[nodiscard]] std::size_t encode_frame_type(std::uint8_t type, MutableByteView buffer) noexcept;

[[nodiscard]] Result<Hello> decode_hello(ByteView metadata);
[[nodiscard]] Result<HelloAck> decode_hello_ack(ByteView metadata);
[[nodiscard]] Result<Ready> decode_ready(ByteView metadata);
[[nodiscard]] Result<RequestMeta> decode_request(ByteView metadata);
[[nodiscard]] Result<EndMeta> decode_end(ByteView metadata);
[[nodiscard]] Result<GoAway> decode_goaway(ByteView metadata);
[[nodiscard]] Result<std::uint32_t> decode_credit(ByteView metadata);
/// Of PING and PONG.
[[nodiscard]] Result<std::uint64_t> decode_opaque(ByteView metadata);
/// Of UNIMPLEMENTED: the type the peer did not understand.
[[nodiscard]] Result<std::uint8_t> decode_frame_type(ByteView metadata);
/// Of the frames that have no TLV of their own: DATA and CANCEL.
Status check_metadata(FrameType type, ByteView metadata);

/// 1 to 255 bytes of A-Z a-z 0-9 . _ - /
[[nodiscard]] bool is_valid_route(std::string_view route) noexcept;

}  // namespace plugbroker::protocol
