// SPDX-License-Identifier: Apache-2.0
#include "broker_core/win/outdated_watch.h"

#include <algorithm>
#include <array>
#include <utility>

#include "broker_core/base/assert.h"
#include "broker_core/runtime/quiet_period.h"
#include "broker_core/win/awake_clock.h"
#include "broker_core/win/completion_port.h"
#include "broker_core/win/deployed_program.h"
#include "broker_core/win/folder_watch.h"
#include "broker_core/win/windows_error.h"

namespace plugbroker::win {
namespace {

constexpr Duration least_quiet_period = std::chrono::seconds{1};
constexpr std::size_t max_packets = 64;
constexpr ULONG_PTR attention_key = 1;  ///< Operations have 0.

}  // namespace

runtime::LocalTime local_time() {
  SYSTEMTIME now{};
  GetLocalTime(&now);
  const std::chrono::sys_days day{std::chrono::year{now.wYear} / now.wMonth / now.wDay};
  return {.day = day.time_since_epoch().count(), .minute = now.wHour * 60 + now.wMinute};
}

struct OutdatedWatch::WatchedPool {
  WatchedPool(engine::PoolIndex pool, const LaunchSpec& launched, DeployedProgram program, HANDLE port,
              const Clock& clock)
      : index(pool),
        spec(launched),
        deployed(std::move(program)),
        quiet(std::max(launched.outdated.quiet_period, least_quiet_period)),
        watch(deployed.folder.native(), port, [this, &clock] { quiet.changed(clock.now()); }) {}

  const engine::PoolIndex index;
  const LaunchSpec& spec;
  const DeployedProgram deployed;
  // Of the watch's thread alone:
  runtime::QuietPeriod quiet;
  FolderWatch watch;
  bool looked_at = false;
  bool loss_logged = false;
  // Of everybody:
  std::mutex mutex;            ///< Held while a copy is made, so that not two are.
  ShadowCopies::Copy current;  ///< Guarded by mutex. Null before the first start.
};

Result<std::unique_ptr<OutdatedWatch>> OutdatedWatch::start(const std::vector<LaunchSpec>& pools, Options options,
                                                            LogSink& log, const Clock& clock) {
  std::unique_ptr<OutdatedWatch> made(new OutdatedWatch(pools, std::move(options), log, clock));
  if (Status status = made->begin(); !status.ok()) return status;
  return made;
}

OutdatedWatch::OutdatedWatch(const std::vector<LaunchSpec>& pools, Options options, LogSink& log, const Clock& clock)
    : specs_(pools),
      options_(std::move(options)),
      log_(log),
      clock_(clock),
      watched_(pools.size()),
      next_tick_(clock.now()) {
  const runtime::LocalTime now = options_.local_time();
  for (const LaunchSpec& spec : specs_) daily_.emplace_back(spec.outdated.daily_minutes, now);
}

OutdatedWatch::~OutdatedWatch() {
  if (!thread_.joinable()) return;
  stopping_ = true;
  PostQueuedCompletionStatus(port_.get(), 0, attention_key, nullptr);
  thread_.join();
}

bool OutdatedWatch::has_rules() const {
  return std::ranges::any_of(specs_, [](const LaunchSpec& spec) {
    return spec.outdated.on_file_change || !spec.outdated.daily_minutes.empty();
  });
}

Status OutdatedWatch::begin() {
  if (!has_rules()) return {};
  port_ = UniqueHandle(CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, 1));
  const DWORD error = GetLastError();
  if (!port_) return windows_error(error, "CreateIoCompletionPort", "of watched folders");
  for (engine::PoolIndex pool = 0; pool < specs_.size(); ++pool) {
    if (!specs_[pool].outdated.on_file_change) continue;
    if (copies_ == nullptr) {
      auto copies = ShadowCopies::open(options_.shadow_folder, options_.copy_bounds);
      if (!copies.ok()) return copies.status();
      copies_ = std::move(copies).value();
    }
    auto deployed = deployed_program(specs_[pool]);
    if (!deployed.ok()) return deployed.status();
    watched_[pool] =
        std::make_unique<WatchedPool>(pool, specs_[pool], std::move(deployed).value(), port_.get(), clock_);
  }
  // Before the first copy is made, so that no change is missed.
  look_at_folders();
  thread_ = std::thread([this] { run(); });
  return {};
}

Result<PreparedLaunch> OutdatedWatch::prepare(engine::PoolIndex pool) {
  WatchedPool* const watched = watched_[pool].get();
  if (watched == nullptr) return PreparedLaunch{.spec = specs_[pool], .copy = nullptr};
  const std::lock_guard lock(watched->mutex);
  if (watched->current == nullptr) {
    auto copy = copies_->make(watched->deployed.folder, watched->spec.pool);
    if (!copy.ok()) return copy.status();
    watched->current = std::move(copy).value();
  }
  return PreparedLaunch{.spec = started_from_copy(watched->spec, watched->deployed, *watched->current),
                        .copy = watched->current};
}

void OutdatedWatch::run() {
  while (!stopping_) {
    poll();
    const TimePoint now = clock_.now();
    for (const auto& pool : watched_) {
      if (pool != nullptr && pool->quiet.take_due(now)) renew_copy(*pool);
    }
    if (now < next_tick_) continue;
    next_tick_ = now + options_.tick;
    look_at_clock();
    look_at_folders();
    if (copies_ != nullptr) copies_->delete_unused();
  }
  cancel_all();
}

void OutdatedWatch::poll() {
  std::array<OVERLAPPED_ENTRY, max_packets> packets{};
  ULONG count = 0;
  const BOOL done = GetQueuedCompletionStatusEx(port_.get(), packets.data(), max_packets, &count,
                                                wait_milliseconds(clock_.now(), next_wake()), FALSE);
  const DWORD error = GetLastError();
  PLUGBROKER_ASSERT(done || error == WAIT_TIMEOUT);
  if (!done) return;  // Whatever `count` says then.
  for (ULONG i = 0; i < count; ++i) {
    if (packets[i].lpCompletionKey == 0) finish_operation(*packets[i].lpOverlapped);
  }
}

TimePoint OutdatedWatch::next_wake() const {
  TimePoint next = next_tick_;
  for (const auto& pool : watched_) {
    if (pool != nullptr) next = std::min(next, pool->quiet.due());
  }
  return next;
}

void OutdatedWatch::look_at_clock() {
  const runtime::LocalTime now = options_.local_time();
  for (engine::PoolIndex pool = 0; pool < specs_.size(); ++pool) {
    if (daily_[pool].take_due(now)) options_.on_outdated(pool, engine::RecycleReason::schedule);
  }
}

void OutdatedWatch::look_at_folders() {
  for (const auto& pool : watched_) {
    if (pool == nullptr || pool->watch.is_open()) continue;
    const Status status = pool->watch.open();
    const bool looked_at_before = std::exchange(pool->looked_at, true);
    if (status.ok() && looked_at_before) pool->quiet.changed(clock_.now());
    const bool loss_known = std::exchange(pool->loss_logged, !status.ok());
    if (!status.ok() && !loss_known) warn(pool->spec, "folder_not_watched", status);
  }
}

void OutdatedWatch::renew_copy(WatchedPool& pool) {
  {
    const std::lock_guard lock(pool.mutex);
    // Nobody was started from a copy yet; the first will be from a fresh one.
    if (pool.current == nullptr) return;
    auto copy = copies_->make(pool.deployed.folder, pool.spec.pool);
    if (!copy.ok()) {
      warn(pool.spec, "shadow_copy_failed", copy.status());
      pool.quiet.changed(clock_.now());
      return;
    }
    pool.current = std::move(copy).value();
  }
  options_.on_outdated(pool.index, engine::RecycleReason::files_changed);
}

void OutdatedWatch::cancel_all() {
  for (const auto& pool : watched_) {
    if (pool != nullptr) pool->watch.cancel();
  }
  const auto outstanding = [](const auto& pool) { return pool != nullptr && !pool->watch.idle(); };
  while (std::ranges::any_of(watched_, outstanding)) poll();
}

void OutdatedWatch::warn(const LaunchSpec& pool, const char* event, const Status& status) const {
  log_.write({.level = LogLevel::warning, .event = event, .message = status.message, .pool = pool.pool});
}

}  // namespace plugbroker::win
