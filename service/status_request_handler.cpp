// SPDX-License-Identifier: Apache-2.0
#include "service/status_request_handler.h"

#include <utility>

#include "broker_core/base/escaped_text.h"

namespace plugbroker::service {
namespace {

constexpr Duration longest_wait = std::chrono::milliseconds{250};
constexpr int most_looks = 100;
constexpr std::size_t longest_route_shown = 64;

}  // namespace

StatusRequestHandler::StatusRequestHandler(admin::StatusContext context, Environment environment)
    : context_(std::move(context)), environment_(std::move(environment)) {}

runtime::ServedReply StatusRequestHandler::serve(std::string_view route, ByteView) {
  if (route != "status") {
    const std::string shown = escaped_text(route, EscapeStyle::quoted, longest_route_shown);
    return {{StatusCode::not_found, "the admin pipe has no route \"" + shown + "\"; it has: status"}, "", ""};
  }
  const std::shared_ptr<const engine::Snapshot> snapshot = fresh_snapshot();
  admin::StatusContext context = context_;
  context.now = environment_.clock.now();
  return {{}, "application/json", admin::status_json(snapshot.get(), context)};
}

std::shared_ptr<const engine::Snapshot> StatusRequestHandler::fresh_snapshot() const {
  const TimePoint asked = environment_.clock.now();
  environment_.refresh();
  std::shared_ptr<const engine::Snapshot> snapshot = environment_.board.latest();
  for (int look = 0; look < most_looks; ++look) {
    const bool fresh = snapshot != nullptr && snapshot->taken_at >= asked;
    if (fresh || environment_.clock.now() >= asked + longest_wait) break;
    environment_.pause();
    snapshot = environment_.board.latest();
  }
  return snapshot;
}

}  // namespace plugbroker::service
