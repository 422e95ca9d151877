// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "broker_core/engine/audit.h"
#include "broker_core/engine/dispatcher.h"
#include "broker_core/protocol/frame_reader.h"

namespace plugbroker::engine {

/// What becomes of a REQUEST: a call on its way, or a call that ends at once with the reason.
class Admission {
 public:
  struct Rooms {
    Outcomes& outcomes;
    Dispatcher& dispatcher;
    Audit& audit;
  };

  Admission(EngineState& state, Rooms rooms) noexcept : state_(state), rooms_(rooms) {}

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
                              const Result<protocol::RequestMeta>& meta, Call& call);
  void refuse(Session& session, std::uint64_t stream, const Verdict& verdict);

  EngineState& state_;
  Rooms rooms_;
};

}  // namespace plugbroker::engine
