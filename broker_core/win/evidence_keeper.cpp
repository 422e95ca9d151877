// SPDX-License-Identifier: Apache-2.0
#include "broker_core/win/evidence_keeper.h"

#include <chrono>
#include <utility>

#include "broker_core/base/limits.h"
#include "broker_core/win/dump_helper.h"
#include "broker_core/win/utf16.h"
#include "broker_core/win/windows_error.h"

namespace plugbroker::win {
namespace {

/// For the end of a process that was just terminated, and for the rest of its stderr: longer than a monitor waits for
/// it.
constexpr std::chrono::milliseconds patience{2000};

runtime::WallTime wall_time() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

}  // namespace

Result<std::unique_ptr<EvidenceKeeper>> EvidenceKeeper::start(EvidenceSettings settings, LogSink& log,
                                                              const Clock& clock) {
  UniqueHandle stop(CreateEventW(nullptr, TRUE, FALSE, nullptr));
  const DWORD error = GetLastError();
  if (!stop) return windows_error(error, "CreateEventW", std::string_view{});
  return std::unique_ptr<EvidenceKeeper>(new EvidenceKeeper(std::move(settings), std::move(stop), log, clock));
}

EvidenceKeeper::EvidenceKeeper(EvidenceSettings settings, UniqueHandle stop, LogSink& log, const Clock& clock)
    : settings_(std::move(settings)),
      writer_(settings_.folder, settings_.max_cases, settings_.max_dump_bytes),
      stop_(std::move(stop)),
      log_(log),
      clock_(clock),
      dump_thread_([this] { run_dumps(); }),
      write_thread_([this] { run_writes(); }) {}

EvidenceKeeper::~EvidenceKeeper() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  SetEvent(stop_.get());
  work_.notify_all();
  dump_thread_.join();
  {
    const std::lock_guard lock(mutex_);
    dumps_ended_ = true;
  }
  work_.notify_all();
  write_thread_.join();
}

void EvidenceKeeper::keep(FailedWorker worker) {
  Order order{.worker = std::move(worker), .time = wall_time(), .asked = clock_.now(), .dump = {}};
  if (order.worker.process == nullptr) {
    order.dump = {StatusCode::failed_precondition, "the process had ended"};
  } else if (order.worker.dump == DumpKind::off) {
    order.dump = {StatusCode::unimplemented, "dump is off for this pool"};
  } else {
    const std::lock_guard lock(mutex_);
    if (!stopping_ && dumps_.size() < limits::max_waiting_dumps) {
      dumps_.push_back(std::move(order));
      work_.notify_all();
      return;
    }
    order.dump = {StatusCode::resource_exhausted, "too many dumps were waiting to be taken"};
  }
  if (order.worker.process != nullptr) order.worker.process->terminate();
  hand_to_writer(std::move(order));
}

void EvidenceKeeper::run_dumps() {
  for (;;) {
    std::unique_lock lock(mutex_);
    work_.wait(lock, [this] { return stopping_ || !dumps_.empty(); });
    if (dumps_.empty()) return;
    Order order = std::move(dumps_.front());
    dumps_.pop_front();
    lock.unlock();
    take_dump_of(order);
    order.worker.process->terminate();
    hand_to_writer(std::move(order));
  }
}

void EvidenceKeeper::take_dump_of(Order& order) const {
  if (WaitForSingleObject(stop_.get(), 0) == WAIT_OBJECT_0) {
    order.dump = {StatusCode::cancelled, "the service was stopping"};
    return;
  }
  const DumpRequest request{.process_id = order.worker.process_id,
                            .kind = order.worker.dump,
                            .file = writer_.dump_file(order.time, order.worker),
                            .max_bytes = settings_.max_dump_bytes};
  order.dump =
      take_dump(settings_.dump_helper, request, order.asked + settings_.dump_timeout - clock_.now(), stop_.get());
}

void EvidenceKeeper::hand_to_writer(Order order) {
  {
    const std::lock_guard lock(mutex_);
    if (writes_.size() < limits::max_waiting_cases) {
      writes_.push_back(std::move(order));
      work_.notify_all();
      return;
    }
  }
  log_lost(order, "too many cases are waiting to be written");
}

void EvidenceKeeper::run_writes() {
  for (;;) {
    std::unique_lock lock(mutex_);
    work_.wait(lock, [this] { return dumps_ended_ || !writes_.empty(); });
    if (writes_.empty()) return;
    const Order order = std::move(writes_.front());
    writes_.pop_front();
    const bool stopping = stopping_;
    lock.unlock();
    write(order, stopping);
  }
}

void EvidenceKeeper::write(const Order& order, bool stopping) const {
  const auto folder =
      writer_.write(order.time, order.worker, order.dump, stopping ? std::chrono::milliseconds::zero() : patience);
  if (!folder.ok()) {
    log_lost(order, folder.status().message);
    return;
  }
  const std::string dump = order.dump.ok() ? "with a dump" : "without a dump: " + order.dump.message;
  log_.write({.level = LogLevel::information,
              .event = "evidence_kept",
              .message = to_utf8(folder->native()) + ", " + dump,
              .pool = order.worker.pool,
              .worker = order.worker.worker.value});
}

void EvidenceKeeper::log_lost(const Order& order, const std::string& why) const {
  log_.write({.level = LogLevel::warning,
              .event = "evidence_lost",
              .message = order.worker.known->reason + "; no case: " + why,
              .pool = order.worker.pool,
              .worker = order.worker.worker.value});
}

}  // namespace plugbroker::win
