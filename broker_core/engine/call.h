// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "broker_core/base/status.h"
#include "broker_core/base/strong_id.h"
#include "broker_core/engine/outgoing_stream.h"
#include "broker_core/engine/state_tables.h"
#include "broker_core/engine/timer_queue.h"
#include "broker_core/protocol/app_metadata.h"
#include "broker_core/protocol/frame_header.h"
#include "broker_core/protocol/messages.h"

namespace plugbroker::engine {

struct CallerLane;

/// A call's outcome as it is kept until it is written.
struct Outcome {
  StatusCode status = StatusCode::ok;
  RetryClass retry = RetryClass::never;
  Origin origin = Origin::broker;
  bool worker_received = false;
  std::string message;
  std::string content_type;
  protocol::AppMetadataList app_metadata;
  std::string detail;
  std::uint64_t retry_after_us = 0;  ///< 0: no hint.

  /// What a worker may have said beside status and message; none was kept before. Most say nothing.
  void keep_extras(const protocol::EndMeta& end) {
    if (!end.content_type.empty()) content_type.assign(end.content_type);
    if (!end.app_metadata.empty()) app_metadata.assign(end.app_metadata);
    if (!end.detail.empty()) detail.assign(as_text(end.detail));
    retry_after_us = end.retry_after_us;
  }
  /// Valid until it changes.
  [[nodiscard]] protocol::EndMeta view() const noexcept {
    return {.status = status,
            .retry = retry,
            .origin = origin,
            .worker_received = worker_received,
            .message = message,
            .content_type = content_type,
            .app_metadata = app_metadata.view(),
            .detail = as_byte_view(detail),
            .retry_after_us = retry_after_us};
  }
  /// Forgets it; the memory stays for the next call.
  void clear_extras() noexcept {
    content_type.clear();
    app_metadata.clear();
    detail.clear();
    retry_after_us = 0;
  }
};

/// Where one direction of a call stands: which message is being carried.
struct MessageProgress {
  std::uint64_t bytes = 0;    ///< Of the message at hand.
  std::uint64_t total = 0;    ///< Of all messages so far.
  std::uint64_t largest = 0;  ///< Of all messages so far.
  bool in_message = false;    ///< The last frame said that its message goes on.

  /// A frame came in. False for NO_MESSAGE inside a message: a protocol error.
  [[nodiscard]] bool take(const protocol::FrameHeader& header) noexcept {
    if ((header.flags & protocol::flag_no_message) != 0) return !in_message;
    total += header.payload_len;
    bytes = (in_message ? bytes : 0) + header.payload_len;
    largest = std::max(largest, bytes);
    in_message = (header.flags & protocol::flag_more) != 0;
    return true;
  }
};

/// One call. Lives in a CallTable until neither its session nor a worker has to do with it any more.
struct Call {
  Call() : to_worker(*this), to_client(*this), timer(this) {}

  CallId id;
  CallState state = CallState::accepted;
  Session* session = nullptr;  ///< Null once the END was given out or the session is gone.
  Worker* worker = nullptr;    ///< Whose slot it holds; null when none.
  Pool* pool = nullptr;        ///< Null when the route is not known.
  std::string_view route;      ///< As the route table has it; empty when it is not known.

  OutgoingStream to_worker;  ///< The request.
  OutgoingStream to_client;  ///< The reply; its id is the client's stream id.
  protocol::ReceiveWindow from_client{0};
  protocol::ReceiveWindow from_worker{0};
  WorkerId reply_grown_by;         ///< The worker whose windows' growth the unread reply still takes.
  std::uint32_t reply_growth = 0;  ///< How much of it.
  MessageProgress request;
  MessageProgress reply;
  bool request_complete = false;  ///< END_STREAM came.
  bool reply_begun = false;       ///< DATA of the reply came.
  bool worker_received = false;   ///< Its first byte was given out.
  std::array<std::byte, 16> trace_id{};  ///< Of its traceparent; zero: it had none.
  TimePoint given_at{};                  ///< When its first byte was given out.
  bool hung = false;              ///< The worker did not end it within cancel_grace.
  bool repeated = false;          ///< A worker that had received it was lost, and it went back to the queue.

  // Kept by its pool's FairQueue.
  CallerLane* lane = nullptr;  ///< Null when it does not wait.
  TimePoint waiting_since{};   ///< While it waits; earlier by what it had waited before it was put back.
  Duration waited{};           ///< While it does not wait: how long it has, in all.
  bool was_put_back = false;

  TimePoint deadline{};
  Timer timer;      ///< call_time_limits.h says for what; once abandoned, the end of cancel_grace.
  Outcome outcome;  ///< Means something once to_client.end_pending is set.

  ListLink<Call> in_session;
  ListLink<Call> in_holder;  ///< In its pool's queue or its worker's calls.
};

}  // namespace plugbroker::engine
