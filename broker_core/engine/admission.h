// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "broker_core/engine/dispatcher.h"
#include "broker_core/protocol/frame_reader.h"

namespace plugbroker::engine {

/// What becomes of a REQUEST: a call on its way, or a call that ends at once with the reason.
class Admission {
 public:
  Admission(EngineState& state, Outcomes& outcomes, Dispatcher& dispatcher) noexcept
      : state_(state), outcomes_(outcomes), dispatcher_(dispatcher) {}

  /// The frame's connection credit was taken. Not ok: a protocol error.
  Status open(Session& session, const protocol::Frame& request);

 private:
  struct Verdict {
    StatusCode status = StatusCode::ok;
    RetryClass retry = RetryClass::never;
    std::string message{};
    Duration retry_after{};
  };

  [[nodiscard]] Call& create(Session& session, const protocol::FrameHeader& header);
  [[nodiscard]] Verdict judge(const Session& session, const protocol::Frame& request,
                              const Result<protocol::RequestMeta>& meta, Call& call) const;

  EngineState& state_;
  Outcomes& outcomes_;
  Dispatcher& dispatcher_;
};

}  // namespace plugbroker::engine
