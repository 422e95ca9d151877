// SPDX-License-Identifier: Apache-2.0
#include "broker_core/win/job_process_host.h"

#include <utility>

#include "broker_core/base/assert.h"

namespace plugbroker::win {
namespace {

constexpr int start_threads_count = 2;

template <typename... Handlers>
struct Overloaded : Handlers... {
  using Handlers::operator()...;
};
template <typename... Handlers>
Overloaded(Handlers...) -> Overloaded<Handlers...>;

}  // namespace

Result<std::unique_ptr<JobProcessHost>> JobProcessHost::create(std::vector<LaunchSpec> pools, IocpTransport& transport,
                                                               LogSink& log, const Clock& clock) {
  std::unique_ptr<JobProcessHost> host(new JobProcessHost(std::move(pools), transport, log));
  if (Status status = host->start_threads(clock); !status.ok()) return status;
  return host;
}

JobProcessHost::JobProcessHost(std::vector<LaunchSpec> pools, IocpTransport& transport, LogSink& log)
    : pools_(std::move(pools)), transport_(transport), log_(log) {}

Status JobProcessHost::start_threads(const Clock& clock) {
  auto monitor = WorkerMonitor::start(log_, clock,
                                      [this](WorkerId worker, DWORD exit_code) { report(Exited{worker, exit_code}); });
  if (!monitor.ok()) return monitor.status();
  monitor_ = std::move(monitor).value();
  for (int i = 0; i < start_threads_count; ++i) threads_.emplace_back([this] { run_starts(); });
  return {};
}

JobProcessHost::~JobProcessHost() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  work_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  monitor_.reset();
}

void JobProcessHost::start(WorkerId worker, engine::PoolIndex pool) {
  PLUGBROKER_ASSERT(pool < pools_.size());
  workers_.try_emplace(worker);
  {
    const std::lock_guard lock(mutex_);
    jobs_.push_back({worker, pool});
  }
  work_.notify_one();
}

void JobProcessHost::terminate(WorkerId worker) {
  const auto found = workers_.find(worker);
  if (found == workers_.end()) return;
  found->second.terminate = true;
  if (found->second.process != nullptr) {
    found->second.process->terminate();
  } else if (withdraw_start(worker)) {
    report(StartFailed{worker, "ended before its process was started"});
  }
}

bool JobProcessHost::withdraw_start(WorkerId worker) {
  const std::lock_guard lock(mutex_);
  return std::erase_if(jobs_, [worker](const Job& job) { return job.worker == worker; }) != 0;
}

void JobProcessHost::deliver(runtime::ProcessSink& sink) {
  std::vector<Report> reports;
  {
    const std::lock_guard lock(mutex_);
    reports.swap(reports_);
  }
  for (Report& report : reports) {
    std::visit(Overloaded{
                   [&](Started& it) { deliver_started(it, sink); },
                   [&](StartFailed& it) {
                     workers_.erase(it.worker);
                     sink.worker_start_failed(it.worker, it.reason);
                   },
                   [&](Exited& it) {
                     if (workers_.erase(it.worker) != 0) sink.worker_exited(it.worker, it.exit_code);
                   },
               },
               report);
  }
}

void JobProcessHost::deliver_started(Started& started, runtime::ProcessSink& sink) {
  const auto channel = transport_.adopt(std::move(started.channel));
  if (!channel.ok()) {
    started.process->terminate();
    workers_.erase(started.worker);
    sink.worker_start_failed(started.worker, channel.status().message);
    return;
  }
  Entry& entry = workers_.at(started.worker);
  entry.process = started.process;
  if (entry.terminate) entry.process->terminate();
  sink.worker_started(started.worker, *channel, started.process->process_id);
}

void JobProcessHost::run_starts() {
  for (;;) {
    std::unique_lock lock(mutex_);
    work_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
    if (stopping_) return;
    const Job job = jobs_.front();
    jobs_.pop_front();
    lock.unlock();
    start_now(job);
  }
}

void JobProcessHost::start_now(const Job& job) {
  const LaunchSpec& spec = pools_[job.pool];
  auto launched = launch_worker(spec, job.worker);
  if (!launched.ok()) {
    report(StartFailed{job.worker, launched.status().message});
    return;
  }
  if (const Status bound = monitor_->bind(*launched); !bound.ok()) {
    report(StartFailed{job.worker, bound.message});
    return;
  }
  // First the start, then whatever the monitor says.
  report(Started{job.worker, launched->process, std::move(launched->channel)});
  monitor_->watch(job.worker, spec.pool, launched->process, std::move(launched->standard_output),
                  std::move(launched->standard_error));
}

void JobProcessHost::report(Report report) {
  {
    const std::lock_guard lock(mutex_);
    reports_.push_back(std::move(report));
  }
  transport_.wake();
}

}  // namespace plugbroker::win
