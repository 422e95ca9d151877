// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "broker_core/admin/status_json.h"
#include "broker_core/runtime/broker_loop.h"
#include "broker_core/runtime/request_server.h"

namespace plugbroker::service {

/// Answers the admin pipe's routes. There is one: `status`.
class StatusRequestHandler : public runtime::RequestHandler {
 public:
  struct Environment {
    const runtime::SnapshotBoard& board;
    const Clock& clock;
    /// Asks the loop for a fresh snapshot; must not wait.
    std::function<void()> refresh;
    /// Waits a few milliseconds between two looks at the board.
    std::function<void()> pause;
  };

  /// `context.now` is not used.
  StatusRequestHandler(admin::StatusContext context, Environment environment);

  /// Waits at most 250 ms for a fresh snapshot; an older one is shown with its age.
  [[nodiscard]] runtime::ServedReply serve(std::string_view route, ByteView request) override;

 private:
  [[nodiscard]] std::shared_ptr<const engine::Snapshot> fresh_snapshot() const;

  admin::StatusContext context_;
  Environment environment_;
};

}  // namespace plugbroker::service
