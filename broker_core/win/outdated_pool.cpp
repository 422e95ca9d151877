// SPDX-License-Identifier: Apache-2.0
#include "broker_core/win/outdated_pool.h"

#include <algorithm>

namespace plugbroker::win {
namespace {

constexpr Duration least_quiet_period = std::chrono::seconds{1};
constexpr std::chrono::seconds longest_wait_for_first_look{5};

}  // namespace

WatchedProgram::WatchedProgram(const LaunchSpec& spec, DeployedProgram deployed, std::shared_ptr<ShadowCopies> copies,
                               HANDLE port, const Clock& clock)
    : pool_(spec.pool),
      deployed_(std::move(deployed)),
      copies_(std::move(copies)),
      clock_(clock),
      quiet_(std::max(spec.outdated.quiet_period, least_quiet_period)),
      watch_(deployed_.folder.native(), port, [this] { quiet_.changed(clock_.now()); }) {}

Status WatchedProgram::look() {
  if (watch_.is_open()) return {};
  Status status = watch_.open();
  bool may_have_missed_a_change = false;
  {
    // Whoever waited for this too long has made a copy meanwhile. The mutex may be held for as long as that takes.
    const std::lock_guard lock(mutex_);
    may_have_missed_a_change = std::exchange(looked_at_, true) || current_ != nullptr;
  }
  looked_.notify_all();
  if (status.ok() && may_have_missed_a_change) quiet_.changed(clock_.now());
  const bool known = std::exchange(loss_known_, !status.ok());
  return known ? Status{} : status;
}

Result<bool> WatchedProgram::renew() {
  const std::lock_guard lock(mutex_);
  if (current_ == nullptr) return false;
  auto copy = copies_->make(deployed_.folder, pool_);
  if (!copy.ok()) {
    quiet_.changed(clock_.now());
    return copy.status();
  }
  current_ = std::move(copy).value();
  return true;
}

Result<ShadowCopies::Copy> WatchedProgram::copy() {
  std::unique_lock lock(mutex_);
  looked_.wait_for(lock, longest_wait_for_first_look, [this] { return looked_at_; });
  if (current_ == nullptr) {
    auto copy = copies_->make(deployed_.folder, pool_);
    if (!copy.ok()) return copy.status();
    current_ = std::move(copy).value();
  }
  return current_;
}

}  // namespace plugbroker::win
