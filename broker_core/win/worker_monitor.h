// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <windows.h>

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "broker_core/base/log_sink.h"
#include "broker_core/base/strong_id.h"
#include "broker_core/base/time.h"
#include "broker_core/win/unique_handle.h"
#include "broker_core/win/worker_launcher.h"

namespace plugbroker::win {

/// Watches running workers on a thread of its own: logs what they print, keeps the end of their stderr, looks from time
/// to time what they hold, and reports when they end.
///
/// When a worker's process has ended, the rest of its job is ended too, its output is read to the end (at most 1 s),
/// and only then its exit is reported: what it printed last is in the log before.
class WorkerMonitor {
 public:
  /// Called on the monitor's thread.
  struct Reports {
    std::function<void(WorkerId worker, DWORD exit_code)> exited;                ///< Once for each watch().
    std::function<void(WorkerId worker, std::uint64_t private_bytes)> observed;  ///< Never after its exit.
  };

  /// Workers are observed every `observation_interval`.
  [[nodiscard]] static Result<std::unique_ptr<WorkerMonitor>> start(LogSink& log, const Clock& clock,
                                                                    Duration observation_interval, Reports reports);
  /// Ends the workers that are left, waits until their exits were reported, and ends the thread.
  ~WorkerMonitor();
  WorkerMonitor(const WorkerMonitor&) = delete;
  WorkerMonitor& operator=(const WorkerMonitor&) = delete;

  /// From any thread; the worker's output pipes can be watched from then on. Do it before the start is reported.
  [[nodiscard]] Status bind(const LaunchedWorker& worker);

  /// From any thread, after bind(). When the process can't be waited for it is ended, and its exit is reported as well.
  void watch(WorkerId worker, std::string pool, std::shared_ptr<const WorkerProcess> process,
             UniqueHandle standard_output, UniqueHandle standard_error);

 private:
  struct Watch;

  WorkerMonitor(UniqueHandle port, LogSink& log, const Clock& clock, Duration observation_interval, Reports reports);
  static void CALLBACK process_ended(void* context, BOOLEAN timed_out);
  void run();
  void poll();
  void take_new();
  void begin_watch(Watch& watch);
  void take_exit(Watch& watch);
  void finish_ended();
  void observe();
  [[nodiscard]] TimePoint next_wake() const;

  UniqueHandle port_;
  LogSink& log_;
  const Clock& clock_;
  const Duration observation_interval_;
  Reports reports_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Watch>> new_;  ///< Guarded by mutex_.
  bool stopping_ = false;                    ///< Guarded by mutex_.
  std::list<std::unique_ptr<Watch>> watches_;
  bool stop_seen_ = false;
  TimePoint next_observation_;
  std::thread thread_;
};

}  // namespace plugbroker::win
