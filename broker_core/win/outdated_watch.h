// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "broker_core/base/log_sink.h"
#include "broker_core/base/result.h"
#include "broker_core/base/time.h"
#include "broker_core/engine/commands.h"
#include "broker_core/engine/snapshot.h"
#include "broker_core/runtime/daily_times.h"
#include "broker_core/win/launch_spec.h"
#include "broker_core/win/shadow_copies.h"
#include "broker_core/win/unique_handle.h"

namespace plugbroker::win {

/// How to start the next worker of a pool, and what must be kept for as long as it lives.
struct PreparedLaunch {
  LaunchSpec spec;
  ShadowCopies::Copy copy;  ///< Null: it runs from where it was installed.
};

/// What the clock on this machine's wall shows.
[[nodiscard]] runtime::LocalTime local_time();

/// Says when pools' running workers are outdated, by their files or by the time of day, on a thread of its own.
///
/// The folder of a pool with `on_file_change` is watched from start() on. Its workers run from a copy, which is made
/// for the first of them; when the folder changed and was quiet for `quiet_period` (1 s at least), a new copy is made,
/// and then, not before, the pool is reported: so who is started after the report runs what was deployed. A copy that
/// can't be made is logged, and tried again after another quiet period; workers go on being started from the one
/// before. A folder that is not there is looked for again and again, and counts as changed when it is back.
///
/// Pools can be replaced while it runs: plan(), then install(). A pool whose spec is the same goes on undisturbed. One
/// that changed begins anew: what was pending of its folder or day is forgotten, its next worker runs from a fresh
/// copy. Copies that workers run from stay as long as those.
class OutdatedWatch {
 public:
  struct Options {
    std::filesystem::path shadow_folder;  ///< This process's alone.
    CopyBounds copy_bounds{};
    std::function<runtime::LocalTime()> local_time = win::local_time;
    Duration tick = std::chrono::seconds{5};  ///< Between two looks at the clock and at what can be deleted.
    std::function<void(engine::PoolIndex, engine::RecycleReason)> on_outdated;  ///< On the watch's thread.
  };

  class Pool;
  /// By PoolIndex.
  using Pools = std::vector<std::shared_ptr<Pool>>;

  /// `log` and `clock` must outlive it; `pools` are by PoolIndex. Without a pool that has rules nothing is started, and
  /// the shadow folder is not touched.
  [[nodiscard]] static Result<std::unique_ptr<OutdatedWatch>> start(const std::vector<LaunchSpec>& pools,
                                                                    Options options, LogSink& log, const Clock& clock);
  ~OutdatedWatch();
  OutdatedWatch(const OutdatedWatch&) = delete;
  OutdatedWatch& operator=(const OutdatedWatch&) = delete;

  /// Other pools, of which nothing is watched before install(). Looks at files, so: from any thread but the loop's, one
  /// at a time.
  [[nodiscard]] Result<Pools> plan(const std::vector<LaunchSpec>& pools);
  /// From any thread; never blocks for long. `pools` must have been planned after the last install().
  void install(Pools pools);

  /// From any thread but the loop's: it may copy a folder. A pool's folder is watched before it is copied; that is
  /// waited for, up to 5 s.
  [[nodiscard]] Result<PreparedLaunch> prepare(engine::PoolIndex pool);

 private:
  OutdatedWatch(Options options, LogSink& log, const Clock& clock);
  [[nodiscard]] Status begin();
  void run();
  void poll();
  void turn_to_new_pools();
  void renew_changed_copies();
  void look_at_clock();
  void look_at_folders();
  void renew_copy(Pool& pool);
  void cancel_all();
  [[nodiscard]] std::shared_ptr<ShadowCopies> copies() const;
  [[nodiscard]] Result<std::shared_ptr<ShadowCopies>> open_copies();
  [[nodiscard]] TimePoint next_wake() const;
  void warn(const LaunchSpec& pool, const char* event, const Status& status) const;

  const Options options_;
  LogSink& log_;
  const Clock& clock_;
  UniqueHandle port_;  ///< Of plan() and, once it runs, of the thread.

  mutable std::mutex mutex_;
  std::shared_ptr<ShadowCopies> copies_;  ///< Null: no pool's files are watched. Guarded by mutex_, like all below.
  Pools pools_;
  Pools retired_;  ///< Not looked at by the thread yet.

  // Of the watch's thread alone:
  Pools watched_;  ///< Those of its last look at pools_.
  Pools leaving_;  ///< Whose watches have been cancelled.
  TimePoint next_tick_;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace plugbroker::win
