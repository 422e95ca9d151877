// SPDX-License-Identifier: Apache-2.0
#include "service/status_page.h"

#include <utility>

namespace plugbroker::service {
namespace {

constexpr Duration longest_wait = std::chrono::milliseconds{250};
constexpr int most_looks = 100;

}  // namespace

StatusPage::StatusPage(admin::StatusContext context, Environment environment)
    : context_(std::move(context)), environment_(std::move(environment)) {}

runtime::ServedReply StatusPage::fresh() const {
  return show(fresh_snapshot().get());
}

runtime::ServedReply StatusPage::latest() const {
  return show(environment_.board.latest().get());
}

runtime::ServedReply StatusPage::show(const engine::Snapshot* snapshot) const {
  admin::StatusContext context = context_;
  context.now = environment_.clock.now();
  if (environment_.restart_needed) context.restart_needed = environment_.restart_needed();
  if (environment_.not_enforced) context.not_enforced = environment_.not_enforced();
  if (environment_.access) context.access = environment_.access();
  return {{}, "application/json", admin::status_json(snapshot, context)};
}

std::shared_ptr<const engine::Snapshot> StatusPage::fresh_snapshot() const {
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
