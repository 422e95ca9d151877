// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>

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
class AdminRequestHandler : public runtime::RequestHandler {
 public:
  /// Called on the admin pipe's thread.
  struct Actions {
    /// Returns when it is done, or is known not to be, and the board shows the state after it.
    std::function<Status(engine::OperatorRequest)> operate;
    /// The same; `asked_by` is for the log.
    std::function<Status(std::string asked_by)> reload;
    std::function<Result<std::string>()> list_evidence;
    std::function<Result<std::string>(std::string_view name)> read_evidence;
  };

  AdminRequestHandler(StatusPage status, Actions actions);

  [[nodiscard]] runtime::ServedReply serve(const runtime::ServedRequest& request) override;

 private:
  [[nodiscard]] runtime::ServedReply operate(const runtime::ServedRequest& request) const;
  [[nodiscard]] runtime::ServedReply reload(const runtime::ServedRequest& request) const;
  [[nodiscard]] runtime::ServedReply show_evidence(const runtime::ServedRequest& request) const;

  StatusPage status_;
  Actions actions_;
};

}  // namespace plugbroker::service
