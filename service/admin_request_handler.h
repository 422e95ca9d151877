// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <variant>

#include "broker_core/base/result.h"
#include "broker_core/engine/operator_command.h"
#include "broker_core/runtime/request_server.h"
#include "service/status_page.h"

namespace plugbroker::service {

/// Answers the admin pipe's routes.
///
///   status    the status document
///   operate   has the engine do something (admin/admin_requests.h); the status document after it
///   reload    has the configuration read again; the status document after it
///   evidence  the list of cases, or one case (admin/admin_requests.h)
///
/// operate and reload wait for the broker's loop, one after the other and each no longer than limits::operator_patience
/// after it was asked for, while the others are answered.
class AdminRequestHandler : public runtime::RequestHandler {
 public:
  struct Actions {
    /// Returns when it is done, or is known not to be, and the board shows the state after it; at the latest at
    /// `until`. Called on the thread for slow replies.
    std::function<Status(engine::OperatorRequest, TimePoint until)> operate;
    /// The same, but takes as long as it takes to read the configuration; `asked_by` is for the log.
    std::function<Status(std::string asked_by)> reload;
    /// These two are called on the admin pipe's thread.
    std::function<Result<std::string>()> list_evidence;
    std::function<Result<std::string>(std::string_view name)> read_evidence;
  };

  /// `clock` must outlive the handler.
  AdminRequestHandler(StatusPage status, Actions actions, const Clock& clock);

  [[nodiscard]] std::variant<runtime::ServedReply, runtime::SlowReply> serve(
      const runtime::ServedRequest& request) override;

 private:
  using Answer = std::variant<runtime::ServedReply, runtime::SlowReply>;

  [[nodiscard]] Answer operate(const runtime::ServedRequest& request) const;
  [[nodiscard]] Answer reload(const runtime::ServedRequest& request) const;
  [[nodiscard]] runtime::ServedReply show_evidence(const runtime::ServedRequest& request) const;

  StatusPage status_;
  Actions actions_;
  const Clock& clock_;
};

}  // namespace plugbroker::service
