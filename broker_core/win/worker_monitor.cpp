// SPDX-License-Identifier: Apache-2.0
#include "broker_core/win/worker_monitor.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "broker_core/base/assert.h"
#include "broker_core/win/awake_clock.h"
#include "broker_core/win/completion_port.h"
#include "broker_core/win/process_image.h"
#include "broker_core/win/windows_error.h"
#include "broker_core/win/worker_output.h"

namespace plugbroker::win {
namespace {

constexpr Duration longest_drain = std::chrono::seconds{1};
constexpr Duration dropped_lines_interval = std::chrono::seconds{1};
constexpr std::size_t max_packets = 64;

// Keys of packets; operations have 0.
constexpr ULONG_PTR attention_key = 1;  ///< Look at what other threads left.
constexpr ULONG_PTR exit_key = 2;       ///< The packet's address is the Watch.

}  // namespace

struct WorkerMonitor::Watch {
  Watch(WorkerMonitor& owner, WorkerId id, std::string pool, std::shared_ptr<const WorkerProcess> watched,
        UniqueHandle standard_output, UniqueHandle standard_error)
      : monitor(owner),
        worker(id),
        process(std::move(watched)),
        log({.pool = std::move(pool),
             .worker = id.value,
             .process = process->process_id,
             .image = process_image(process->process_id)},
            owner.log_, owner.clock_),
        output(std::move(standard_output), LogLevel::information, log),
        error(std::move(standard_error), LogLevel::warning, log, &process->record->error_tail) {}

  WorkerMonitor& monitor;
  WorkerId worker;
  std::shared_ptr<const WorkerProcess> process;
  WorkerOutputLog log;
  WorkerOutputReader output;
  WorkerOutputReader error;
  HANDLE wait = nullptr;
  bool exited = false;
  TimePoint drain_until = far_future;
};

Result<std::unique_ptr<WorkerMonitor>> WorkerMonitor::start(LogSink& log, const Clock& clock,
                                                            Duration observation_interval, Reports reports) {
  UniqueHandle port(CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, 1));
  const DWORD error = GetLastError();
  if (!port) return windows_error(error, "CreateIoCompletionPort", "of the workers' output");
  return std::unique_ptr<WorkerMonitor>(
      new WorkerMonitor(std::move(port), log, clock, observation_interval, std::move(reports)));
}

WorkerMonitor::WorkerMonitor(UniqueHandle port, LogSink& log, const Clock& clock, Duration observation_interval,
                             Reports reports)
    : port_(std::move(port)),
      log_(log),
      clock_(clock),
      observation_interval_(observation_interval),
      reports_(std::move(reports)),
      next_observation_(clock.now() + observation_interval),
      thread_([this] { run(); }) {}

WorkerMonitor::~WorkerMonitor() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  PostQueuedCompletionStatus(port_.get(), 0, attention_key, nullptr);
  thread_.join();
}

Status WorkerMonitor::bind(const LaunchedWorker& worker) {
  for (const UniqueHandle* pipe : {&worker.standard_output, &worker.standard_error}) {
    const HANDLE bound = CreateIoCompletionPort(pipe->get(), port_.get(), 0, 0);
    const DWORD error = GetLastError();
    if (bound == nullptr) return windows_error(error, "CreateIoCompletionPort", "of a worker's output");
  }
  return {};
}

void WorkerMonitor::watch(WorkerId worker, std::string pool, std::shared_ptr<const WorkerProcess> process,
                          UniqueHandle standard_output, UniqueHandle standard_error) {
  auto watch = std::make_unique<Watch>(*this, worker, std::move(pool), std::move(process), std::move(standard_output),
                                       std::move(standard_error));
  {
    const std::lock_guard lock(mutex_);
    new_.push_back(std::move(watch));
  }
  PostQueuedCompletionStatus(port_.get(), 0, attention_key, nullptr);
}

void WorkerMonitor::run() {
  while (!stop_seen_ || !watches_.empty()) {
    poll();
    take_new();
    finish_ended();
    observe();
  }
}

void WorkerMonitor::poll() {
  std::array<OVERLAPPED_ENTRY, max_packets> packets{};
  ULONG count = 0;
  const BOOL done = GetQueuedCompletionStatusEx(port_.get(), packets.data(), max_packets, &count,
                                                wait_milliseconds(clock_.now(), next_wake()), FALSE);
  const DWORD error = GetLastError();
  PLUGBROKER_ASSERT(done || error == WAIT_TIMEOUT);
  if (!done) return;  // Whatever `count` says then.
  for (ULONG i = 0; i < count; ++i) {
    const OVERLAPPED_ENTRY& packet = packets[i];
    if (packet.lpCompletionKey == 0) finish_operation(*packet.lpOverlapped);
    if (packet.lpCompletionKey == exit_key) take_exit(*reinterpret_cast<Watch*>(packet.lpOverlapped));
  }
}

void WorkerMonitor::take_new() {
  std::vector<std::unique_ptr<Watch>> taken;
  bool stopping = false;
  {
    const std::lock_guard lock(mutex_);
    taken.swap(new_);
    stopping = stopping_;
  }
  for (auto& watch : taken) {
    begin_watch(*watch);
    watches_.push_back(std::move(watch));
  }
  if (stopping && !stop_seen_) {
    stop_seen_ = true;
    for (const auto& watch : watches_) watch->process->terminate();
  }
}

void WorkerMonitor::begin_watch(Watch& watch) {
  watch.output.start();
  watch.error.start();
  const BOOL registered = RegisterWaitForSingleObject(&watch.wait, watch.process->process.get(), &process_ended, &watch,
                                                      INFINITE, WT_EXECUTEONLYONCE);
  const DWORD error = GetLastError();
  if (registered) return;
  log_.write({.level = LogLevel::error,
              .event = "worker_wait_failed",
              .message = windows_error(error, "RegisterWaitForSingleObject", std::string_view{}).message,
              .worker = watch.worker.value});
  watch.wait = nullptr;
  watch.process->terminate();
  take_exit(watch);
}

void CALLBACK WorkerMonitor::process_ended(void* context, BOOLEAN) {
  auto& watch = *static_cast<Watch*>(context);
  // After this packet the watch may be gone at any moment.
  PostQueuedCompletionStatus(watch.monitor.port_.get(), 0, exit_key, reinterpret_cast<OVERLAPPED*>(&watch));
}

void WorkerMonitor::take_exit(Watch& watch) {
  if (watch.wait != nullptr) UnregisterWaitEx(std::exchange(watch.wait, nullptr), INVALID_HANDLE_VALUE);
  watch.exited = true;
  watch.process->terminate();
  watch.drain_until = clock_.now() + longest_drain;
}

void WorkerMonitor::finish_ended() {
  const TimePoint now = clock_.now();
  for (auto place = watches_.begin(); place != watches_.end();) {
    Watch& watch = **place;
    watch.log.report_dropped();
    if (watch.drain_until <= now) {
      watch.output.cancel();
      watch.error.cancel();
      watch.drain_until = far_future;
    }
    if (!watch.exited || !watch.output.ended() || !watch.error.ended()) {
      ++place;
      continue;
    }
    watch.log.finish();
    // Signalled already, but for a process that could not be waited for and was ended just now.
    WaitForSingleObject(watch.process->process.get(), 1000);
    DWORD exit_code = 0;
    GetExitCodeProcess(watch.process->process.get(), &exit_code);
    const WorkerId worker = watch.worker;
    place = watches_.erase(place);
    reports_.exited(worker, exit_code);
  }
}

void WorkerMonitor::observe() {
  const TimePoint now = clock_.now();
  if (now < next_observation_) return;
  next_observation_ = now + observation_interval_;
  for (const auto& watch : watches_) {
    const std::uint64_t bytes = watch->exited ? 0 : watch->process->private_bytes();
    if (bytes != 0) reports_.observed(watch->worker, bytes);
  }
}

TimePoint WorkerMonitor::next_wake() const {
  TimePoint next = watches_.empty() ? far_future : next_observation_;
  for (const auto& watch : watches_) {
    next = std::min(next, watch->drain_until);
    if (watch->log.has_dropped()) next = std::min(next, clock_.now() + dropped_lines_interval);
  }
  return next;
}

}  // namespace plugbroker::win
