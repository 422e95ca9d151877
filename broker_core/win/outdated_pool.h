// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "broker_core/runtime/quiet_period.h"
#include "broker_core/win/deployed_program.h"
#include "broker_core/win/folder_watch.h"
#include "broker_core/win/outdated_watch.h"

namespace plugbroker::win {

/// A folder that is watched, and the copy of it that workers are started from. The watch belongs to the thread of the
/// OutdatedWatch, the copy to everybody.
class WatchedProgram {
 public:
  WatchedProgram(const LaunchSpec& spec, DeployedProgram deployed, std::shared_ptr<ShadowCopies> copies, HANDLE port,
                 const Clock& clock);

  // Of the watch's thread alone:
  [[nodiscard]] runtime::QuietPeriod& quiet() { return quiet_; }
  [[nodiscard]] FolderWatch& watch() { return watch_; }
  /// Begins to watch, unless it does. The failure, when it is another one than the last time.
  [[nodiscard]] Status look();
  /// Makes a new copy in the place of the old one. False when there was none: the first is still to be made.
  [[nodiscard]] Result<bool> renew();

  // From any thread:
  /// The copy, which is made if there is none yet; that waits for the first look().
  [[nodiscard]] Result<ShadowCopies::Copy> copy();
  [[nodiscard]] const DeployedProgram& deployed() const { return deployed_; }

 private:
  const std::string pool_;
  const DeployedProgram deployed_;
  const std::shared_ptr<ShadowCopies> copies_;
  const Clock& clock_;
  runtime::QuietPeriod quiet_;
  FolderWatch watch_;
  bool loss_known_ = false;

  std::mutex mutex_;  ///< Held while a copy is made, so that not two are.
  std::condition_variable looked_;
  bool looked_at_ = false;      ///< Guarded by mutex_.
  ShadowCopies::Copy current_;  ///< Guarded by mutex_. Null before the first start.
};

/// What the watch knows of a pool.
class OutdatedWatch::Pool {
 public:
  Pool(engine::PoolIndex pool_index, LaunchSpec launched, const runtime::LocalTime& now)
      : index(pool_index), spec(std::move(launched)), daily(spec.outdated.daily_minutes, now) {}

  const engine::PoolIndex index;
  const LaunchSpec spec;
  runtime::DailyTimes daily;                ///< Of the watch's thread alone.
  std::unique_ptr<WatchedProgram> program;  ///< Null: its files are not watched.
};

}  // namespace plugbroker::win
