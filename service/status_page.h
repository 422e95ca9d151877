// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "broker_core/admin/status_json.h"
#include "broker_core/runtime/broker_loop.h"
#include "broker_core/runtime/request_server.h"

namespace plugbroker::service {

/// The status document as an answer on the admin pipe.
class StatusPage {
 public:
  struct Environment {
    const runtime::SnapshotBoard& board;
    const Clock& clock;
    /// Asks the loop for a fresh snapshot; must not wait.
    std::function<void()> refresh;
    /// Waits a few milliseconds between two looks at the board.
    std::function<void()> pause;
    /// Settings that count from the next start only; none of them by default.
    std::function<std::vector<std::string>()> restart_needed{};
    /// What the system did not do of what protects the service and confines its workers; nothing by default.
    std::function<std::vector<std::string>()> not_enforced{};
    /// Who may call the routes of which pool; unknown by default.
    std::function<admin::AccessByPool()> access{};
  };

  /// Of `context` what `environment` gives is not used.
  StatusPage(admin::StatusContext context, Environment environment);

  /// Waits at most 250 ms for a fresh snapshot; an older one is shown with its age.
  [[nodiscard]] runtime::ServedReply fresh() const;

  /// What is on the board now.
  [[nodiscard]] runtime::ServedReply latest() const;

 private:
  [[nodiscard]] std::shared_ptr<const engine::Snapshot> fresh_snapshot() const;
  [[nodiscard]] runtime::ServedReply show(const engine::Snapshot* snapshot) const;

  admin::StatusContext context_;
  Environment environment_;
};

}  // namespace plugbroker::service
