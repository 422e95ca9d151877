// SPDX-License-Identifier: Apache-2.0
#include "broker_core/win/outdated_watch.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "broker_core/base/assert.h"
#include "broker_core/win/awake_clock.h"
#include "broker_core/win/completion_port.h"
#include "broker_core/win/outdated_pool.h"
#include "broker_core/win/windows_error.h"

namespace plugbroker::win {
namespace {

constexpr std::size_t max_packets = 64;
constexpr ULONG_PTR attention_key = 1;  ///< Operations have 0.

bool has_rules(const LaunchSpec& spec) {
  return spec.outdated.on_file_change || !spec.outdated.daily_minutes.empty();
}

}  // namespace

runtime::LocalTime local_time() {
  SYSTEMTIME now{};
  GetLocalTime(&now);
  const std::chrono::sys_days day{std::chrono::year{now.wYear} / now.wMonth / now.wDay};
  return {.day = day.time_since_epoch().count(), .minute = now.wHour * 60 + now.wMinute};
}

Result<std::unique_ptr<OutdatedWatch>> OutdatedWatch::start(const std::vector<LaunchSpec>& pools, Options options,
                                                            LogSink& log, const Clock& clock) {
  std::unique_ptr<OutdatedWatch> made(new OutdatedWatch(std::move(options), log, clock));
  auto planned = made->plan(pools);
  if (!planned.ok()) return planned.status();
  made->install(std::move(planned).value());
  return made;
}

OutdatedWatch::OutdatedWatch(Options options, LogSink& log, const Clock& clock)
    : options_(std::move(options)), log_(log), clock_(clock), next_tick_(clock.now()) {}

OutdatedWatch::~OutdatedWatch() {
  if (!thread_.joinable()) return;
  stopping_ = true;
  PostQueuedCompletionStatus(port_.get(), 0, attention_key, nullptr);
  thread_.join();
}

Status OutdatedWatch::begin() {
  if (thread_.joinable()) return {};
  port_ = UniqueHandle(CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, 1));
  const DWORD error = GetLastError();
  if (!port_) return windows_error(error, "CreateIoCompletionPort", "of watched folders");
  thread_ = std::thread([this] { run(); });
  return {};
}

std::shared_ptr<ShadowCopies> OutdatedWatch::copies() const {
  const std::lock_guard lock(mutex_);
  return copies_;
}

Result<std::shared_ptr<ShadowCopies>> OutdatedWatch::open_copies() {
  if (auto opened = copies()) return opened;
  auto made = ShadowCopies::open(options_.shadow_folder, options_.copy_bounds);
  if (!made.ok()) return made.status();
  const std::lock_guard lock(mutex_);
  copies_ = std::move(made).value();
  return copies_;
}

Result<OutdatedWatch::Pools> OutdatedWatch::plan(const std::vector<LaunchSpec>& pools) {
  if (std::ranges::any_of(pools, has_rules)) {
    if (Status status = begin(); !status.ok()) return status;
  }
  Pools planned;
  {
    const std::lock_guard lock(mutex_);
    planned = pools_;
  }
  planned.resize(pools.size());
  const runtime::LocalTime now = options_.local_time();
  for (engine::PoolIndex index = 0; index < pools.size(); ++index) {
    const LaunchSpec& spec = pools[index];
    if (planned[index] != nullptr && planned[index]->spec == spec) continue;
    auto pool = std::make_shared<Pool>(index, spec, now);
    if (spec.outdated.on_file_change) {
      auto deployed = deployed_program(spec);
      if (!deployed.ok()) return deployed.status();
      auto copies = open_copies();
      if (!copies.ok()) return copies.status();
      pool->program = std::make_unique<WatchedProgram>(spec, std::move(deployed).value(), std::move(copies).value(),
                                                       port_.get(), clock_);
    }
    planned[index] = std::move(pool);
  }
  return planned;
}

void OutdatedWatch::install(Pools pools) {
  {
    const std::lock_guard lock(mutex_);
    for (auto& old : pools_) {
      const bool stays = std::ranges::find(pools, old) != pools.end();
      if (!stays && old->program != nullptr) retired_.push_back(std::move(old));
    }
    pools_ = std::move(pools);
  }
  // Before there is a port nothing is watched, and afterwards plan() has made it.
  if (port_) PostQueuedCompletionStatus(port_.get(), 0, attention_key, nullptr);
}

Result<PreparedLaunch> OutdatedWatch::prepare(engine::PoolIndex index) {
  std::shared_ptr<Pool> pool;
  {
    const std::lock_guard lock(mutex_);
    pool = pools_[index];
  }
  if (pool->program == nullptr) return PreparedLaunch{.spec = pool->spec, .copy = nullptr};
  auto copy = pool->program->copy();
  if (!copy.ok()) return copy.status();
  return PreparedLaunch{.spec = started_from_copy(pool->spec, pool->program->deployed(), **copy),
                        .copy = std::move(copy).value()};
}

void OutdatedWatch::run() {
  while (!stopping_) {
    poll();
    turn_to_new_pools();
    renew_changed_copies();
    const TimePoint now = clock_.now();
    if (now < next_tick_) continue;
    next_tick_ = now + options_.tick;
    look_at_clock();
    look_at_folders();
    if (const auto opened = copies()) opened->delete_unused();
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
    if (pool->program != nullptr) next = std::min(next, pool->program->quiet().due());
  }
  return next;
}

void OutdatedWatch::turn_to_new_pools() {
  Pools retired;
  bool changed = false;
  {
    const std::lock_guard lock(mutex_);
    retired.swap(retired_);
    changed = watched_ != pools_;
    if (changed) watched_ = pools_;
  }
  for (auto& pool : retired) {
    pool->program->watch().cancel();
    leaving_.push_back(std::move(pool));
  }
  std::erase_if(leaving_, [](const auto& pool) { return pool->program->watch().idle(); });
  if (changed) look_at_folders();
}

void OutdatedWatch::renew_changed_copies() {
  const TimePoint now = clock_.now();
  for (const auto& pool : watched_) {
    if (pool->program != nullptr && pool->program->quiet().take_due(now)) renew_copy(*pool);
  }
}

void OutdatedWatch::look_at_clock() {
  const runtime::LocalTime now = options_.local_time();
  for (const auto& pool : watched_) {
    if (pool->daily.take_due(now)) options_.on_outdated(pool->index, engine::RecycleReason::schedule);
  }
}

void OutdatedWatch::look_at_folders() {
  for (const auto& pool : watched_) {
    if (pool->program == nullptr) continue;
    if (const Status lost = pool->program->look(); !lost.ok()) warn(pool->spec, "folder_not_watched", lost);
  }
}

void OutdatedWatch::renew_copy(Pool& pool) {
  const Result<bool> renewed = pool.program->renew();
  if (!renewed.ok()) {
    warn(pool.spec, "shadow_copy_failed", renewed.status());
  } else if (*renewed) {
    options_.on_outdated(pool.index, engine::RecycleReason::files_changed);
  }
}

void OutdatedWatch::cancel_all() {
  std::ranges::copy_if(watched_, std::back_inserter(leaving_),
                       [](const auto& pool) { return pool->program != nullptr; });
  for (const auto& pool : leaving_) pool->program->watch().cancel();
  const auto outstanding = [](const auto& pool) { return !pool->program->watch().idle(); };
  while (std::ranges::any_of(leaving_, outstanding)) poll();
}

void OutdatedWatch::warn(const LaunchSpec& pool, const char* event, const Status& status) const {
  log_.write({.level = LogLevel::warning, .event = event, .message = status.message, .pool = pool.pool});
}

}  // namespace plugbroker::win
