// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "broker_core/base/log_sink.h"
#include "broker_core/base/result.h"
#include "broker_core/base/time.h"
#include "broker_core/win/evidence_writer.h"
#include "broker_core/win/unique_handle.h"

namespace plugbroker::win {

struct EvidenceSettings {
  std::filesystem::path folder;  ///< Must be there.
  std::uint32_t max_cases = 0;
  std::uint64_t max_dump_bytes = 0;
  Duration dump_timeout{};
  std::vector<std::wstring> dump_helper;  ///< The program that takes dumps, then arguments to put before its own.
};

/// Keeps cases of workers that failed, and ends those that have to be killed, on two threads of its own: one lets dumps
/// be taken, one at a time, and touches no file; the other writes.
///
/// A worker's end is delayed for its dump alone, never beyond `dump_timeout` from the moment it was asked for, however
/// many wait: who has to wait longer, or finds limits::max_waiting_dumps waiting, goes without a dump. When
/// limits::max_waiting_cases wait to be written, the next one is a line in the log and nothing else.
class EvidenceKeeper {
 public:
  /// `log` and `clock` must outlive it.
  [[nodiscard]] static Result<std::unique_ptr<EvidenceKeeper>> start(EvidenceSettings settings, LogSink& log,
                                                                     const Clock& clock);
  /// Ends the workers that wait for a dump at once, and writes what waits to be written.
  ~EvidenceKeeper();
  EvidenceKeeper(const EvidenceKeeper&) = delete;
  EvidenceKeeper& operator=(const EvidenceKeeper&) = delete;

  /// From any thread; never blocks. A worker with a process is terminated, after its dump if its pool wants one.
  void keep(FailedWorker worker);

 private:
  struct Order {
    FailedWorker worker;
    runtime::WallTime time{};
    TimePoint asked;
    Status dump;
  };

  EvidenceKeeper(EvidenceSettings settings, UniqueHandle stop, LogSink& log, const Clock& clock);
  void run_dumps();
  void run_writes();
  void take_dump_of(Order& order) const;
  void write(const Order& order, bool stopping) const;
  void hand_to_writer(Order order);
  void log_lost(const Order& order, const std::string& why) const;

  const EvidenceSettings settings_;
  const EvidenceWriter writer_;
  const UniqueHandle stop_;  ///< Signalled when no dump is to be waited for any more.
  LogSink& log_;
  const Clock& clock_;

  std::mutex mutex_;
  std::condition_variable work_;
  std::deque<Order> dumps_;  ///< Guarded by mutex_, like all below.
  std::deque<Order> writes_;
  bool stopping_ = false;
  bool dumps_ended_ = false;  ///< Nothing more comes to be written.

  std::thread dump_thread_;
  std::thread write_thread_;
};

}  // namespace plugbroker::win
