// SPDX-License-Identifier: Apache-2.0
#include "service/admin_request_handler.h"

#include <utility>

#include "broker_core/admin/admin_requests.h"
#include "broker_core/base/escaped_text.h"
#include "broker_core/base/limits.h"

namespace plugbroker::service {
namespace {

using runtime::ServedReply;
using runtime::ServedRequest;

constexpr std::size_t longest_route_shown = 64;

ServedReply refusal(Status status) {
  return {std::move(status), "", ""};
}

}  // namespace

AdminRequestHandler::AdminRequestHandler(StatusPage status, Actions actions, const Clock& clock)
    : status_(std::move(status)), actions_(std::move(actions)), clock_(clock) {}

AdminRequestHandler::Answer AdminRequestHandler::serve(const ServedRequest& request) {
  if (request.route == "status") return status_.fresh();
  if (request.route == "operate") return operate(request);
  if (request.route == "reload") return reload(request);
  if (request.route == "evidence") return show_evidence(request);
  const std::string shown = escaped_text(request.route, EscapeStyle::quoted, longest_route_shown);
  return refusal({StatusCode::not_found,
                  "the admin pipe has no route \"" + shown + "\"; it has: status, operate, reload, evidence"});
}

AdminRequestHandler::Answer AdminRequestHandler::operate(const ServedRequest& request) const {
  Result<engine::OperatorRequest> wanted = admin::parse_operate_request(as_text(request.payload));
  if (!wanted) return refusal(wanted.status());
  wanted->asked_by = request.caller();
  return [this, wanted = std::move(*wanted), until = clock_.now() + limits::operator_patience] {
    Status done = actions_.operate(wanted, until);
    return done.ok() ? status_.latest() : refusal(std::move(done));
  };
}

AdminRequestHandler::Answer AdminRequestHandler::reload(const ServedRequest& request) const {
  if (!request.payload.empty()) return refusal({StatusCode::invalid_argument, "reload takes no request"});
  return [this, asked_by = request.caller()] {
    Status done = actions_.reload(asked_by);
    return done.ok() ? status_.fresh() : refusal(std::move(done));
  };
}

ServedReply AdminRequestHandler::show_evidence(const ServedRequest& request) const {
  const Result<std::string> name = admin::parse_evidence_request(as_text(request.payload));
  if (!name) return refusal(name.status());
  Result<std::string> found = name->empty() ? actions_.list_evidence() : actions_.read_evidence(*name);
  if (!found) return refusal(found.status());
  return {{}, "application/json", std::move(*found)};
}

}  // namespace plugbroker::service
