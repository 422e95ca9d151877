// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "broker_core/base/bytes.h"
#include "broker_core/base/status.h"
#include "broker_core/base/time.h"
#include "broker_core/protocol/app_metadata.h"

namespace plugbroker::client {

/// What is said of a call beside its messages. The views must stay valid until the call has ended.
struct CallHead {
  std::string_view route;
  std::string_view content_type;
  std::string_view idempotency_key;
  std::string_view tracestate;
  ByteView traceparent;  ///< 25 bytes, or empty.
  protocol::AppMetadata app_metadata;
};

/// How one call ended.
struct CallOutcome {
  StatusCode status = StatusCode::ok;
  RetryClass retry = RetryClass::never;
  Origin origin = Origin::client;
  bool worker_received = false;  ///< A worker may have seen the call.
  std::uint32_t attempts = 0;    ///< How often a byte of it was sent.
  Duration retry_after{0};       ///< The service's hint; zero for none.
  std::string message;           ///< For people; empty for ok.
  std::string content_type;
  std::vector<std::byte> data;    ///< The reply of a unary call; empty unless ok.
  std::vector<std::byte> detail;  ///< The worker's, for the caller's program.
  std::vector<std::pair<std::string, std::string>> metadata;

  /// As if new, but with the memory it has.
  void clear() noexcept {
    status = StatusCode::ok;
    retry = RetryClass::never;
    origin = Origin::client;
    worker_received = false;
    attempts = 0;
    retry_after = {};
    message.clear();
    content_type.clear();
    data.clear();
    detail.clear();
    metadata.clear();
  }

  /// A failure that this library decided by itself. Without the words if there is no memory for them.
  void fail(StatusCode code, std::string_view words, RetryClass what_next = RetryClass::never,
            bool received = false) noexcept {
    const std::uint32_t sent = attempts;
    clear();
    attempts = sent;
    status = code;
    retry = what_next;
    worker_received = received;
    try {
      message = words;
    } catch (...) {
    }
  }
};

/// A failure that this library decided by itself.
[[nodiscard]] inline CallOutcome client_failure(StatusCode status, std::string_view message,
                                                RetryClass retry = RetryClass::never, bool worker_received = false) {
  CallOutcome outcome;
  outcome.fail(status, message, retry, worker_received);
  return outcome;
}

}  // namespace plugbroker::client
