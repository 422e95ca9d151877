// SPDX-License-Identifier: Apache-2.0
#include "broker_core/win/job_process_host.h"

#include <algorithm>
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
                                                               LogSink& log, const Clock& clock, Options options) {
  std::unique_ptr<JobProcessHost> host(new JobProcessHost(std::move(pools), transport, log, clock,
                                                         options.confinement));
  if (Status status = host->start_threads(std::move(options)); !status.ok()) return status;
  return host;
}

JobProcessHost::JobProcessHost(std::vector<LaunchSpec> pools, IocpTransport& transport, LogSink& log,
                               const Clock& clock, ConfinementRules confinement)
    : pools_(std::move(pools)),
      transport_(transport),
      log_(log),
      clock_(clock),
      confinement_(std::move(confinement)) {}

Status JobProcessHost::start_threads(Options options) {
  options.outdated.on_outdated = [this](engine::PoolIndex pool, engine::RecycleReason reason) {
    report(Outdated{pool, reason});
  };
  auto outdated = OutdatedWatch::start(pools_, std::move(options.outdated), log_, clock_);
  if (!outdated.ok()) return outdated.status();
  outdated_ = std::move(outdated).value();
  if (options.evidence) {
    auto evidence = EvidenceKeeper::start(std::move(*options.evidence), log_, clock_);
    if (!evidence.ok()) return evidence.status();
    evidence_ = std::move(evidence).value();
  }
  auto monitor = WorkerMonitor::start(
      log_, clock_, options.observation_interval,
      {.exited = [this](WorkerId worker, DWORD exit_code) { report(Exited{worker, exit_code}); },
       .observed = [this](WorkerId worker, std::uint64_t bytes) { report(Observed{worker, bytes}); }});
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
  // The end of a worker's stderr comes from the monitor, so evidence goes first.
  evidence_.reset();
  monitor_.reset();
  outdated_.reset();
}

Result<JobProcessHost::Replacement> JobProcessHost::plan_replacement(std::vector<LaunchSpec> pools) {
  auto watched = outdated_->plan(pools);
  if (!watched.ok()) return watched.status();
  Replacement replacement;
  replacement.specs_ = std::move(pools);
  replacement.watched_ = std::move(watched).value();
  return replacement;
}

void JobProcessHost::replace(Replacement replacement) {
  PLUGBROKER_ASSERT(replacement.specs_.size() >= pools_.size());
  pools_ = std::move(replacement.specs_);
  outdated_->install(std::move(replacement.watched_));
}

void JobProcessHost::start(WorkerId worker, engine::PoolIndex pool) {
  PLUGBROKER_ASSERT(pool < pools_.size());
  workers_.try_emplace(worker, Entry{.pool = pool, .process = nullptr, .copy = nullptr, .evidence = nullptr});
  {
    const std::lock_guard lock(mutex_);
    jobs_.push_back({worker, pool});
  }
  work_.notify_one();
}

void JobProcessHost::terminate(WorkerId worker, std::shared_ptr<const engine::EvidenceCase> evidence) {
  const auto found = workers_.find(worker);
  if (found == workers_.end()) return;
  Entry& entry = found->second;
  entry.terminate = true;
  entry.evidence = std::move(evidence);
  if (entry.process != nullptr) {
    end_process(worker, entry);
  } else if (withdraw_start(worker)) {
    report(StartWithdrawn{worker});
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
                   [&](StartWithdrawn& it) {
                     workers_.erase(it.worker);
                     sink.worker_start_withdrawn(it.worker);
                   },
                   [&](Exited& it) { deliver_exited(it, sink); },
                   [&](Observed& it) {
                     if (workers_.contains(it.worker)) sink.worker_observed(it.worker, it.private_bytes);
                   },
                   [&](Outdated& it) { sink.pool_outdated(it.pool, it.reason); },
               },
               report);
  }
  forget_old_exits();
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
  entry.copy = std::move(started.copy);
  if (entry.terminate) end_process(started.worker, entry);
  sink.worker_started(started.worker, *channel, started.process->process_id);
}

void JobProcessHost::deliver_exited(const Exited& exited, runtime::ProcessSink& sink) {
  const auto found = workers_.find(exited.worker);
  if (found == workers_.end()) return;
  if (evidence_ != nullptr && !found->second.terminate) {
    FailedWorker ended = failed_worker(exited.worker, found->second);
    ended.exit_code = exited.exit_code;
    ended.process = nullptr;
    remember(std::move(ended));
  }
  workers_.erase(found);
  sink.worker_exited(exited.worker, exited.exit_code);
}

FailedWorker JobProcessHost::failed_worker(WorkerId worker, const Entry& entry) const {
  return {.worker = worker,
          .pool = pools_[entry.pool].pool,
          .process_id = entry.process->process_id,
          .record = entry.process->record,
          .process = entry.process,
          .exit_code = std::nullopt,
          .dump = pools_[entry.pool].dump,
          .known = nullptr};
}

void JobProcessHost::end_process(WorkerId worker, Entry& entry) {
  if (evidence_ == nullptr || entry.evidence == nullptr) {
    entry.process->terminate();
    return;
  }
  if (std::exchange(entry.evidence_under_way, true)) return;
  FailedWorker failed = failed_worker(worker, entry);
  failed.known = std::move(entry.evidence);
  evidence_->keep(std::move(failed));
}

void JobProcessHost::keep_evidence(WorkerId worker, std::shared_ptr<const engine::EvidenceCase> evidence) {
  const auto found = std::ranges::find(ended_, worker, [](const Ended& ended) { return ended.worker.worker; });
  if (found == ended_.end() || evidence == nullptr) return;
  FailedWorker failed = std::move(found->worker);
  ended_.erase(found);
  failed.known = std::move(evidence);
  evidence_->keep(std::move(failed));
}

void JobProcessHost::remember(FailedWorker worker) {
  if (ended_.size() == limits::max_remembered_exits) ended_.pop_front();
  ended_.push_back({.worker = std::move(worker), .when = clock_.now()});
}

void JobProcessHost::forget_old_exits() {
  if (ended_.empty()) return;
  const TimePoint now = clock_.now();
  while (!ended_.empty() && ended_.front().when + limits::remembered_exit <= now) ended_.pop_front();
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
  auto prepared = outdated_->prepare(job.pool);
  if (!prepared.ok()) {
    report(StartFailed{job.worker, prepared.status().message});
    return;
  }
  const LaunchSpec& spec = prepared->spec;
  auto launched = launch_worker(spec, job.worker, confinement_);
  if (!launched.ok()) {
    report(StartFailed{job.worker, launched.status().message});
    return;
  }
  log_shortfalls(spec, *launched);
  if (const Status bound = monitor_->bind(*launched); !bound.ok()) {
    report(StartFailed{job.worker, bound.message});
    return;
  }
  // First the start, then whatever the monitor says.
  report(Started{job.worker, launched->process, std::move(prepared->copy), std::move(launched->channel)});
  monitor_->watch(job.worker, spec.pool, launched->process, std::move(launched->standard_output),
                  std::move(launched->standard_error));
}

void JobProcessHost::log_shortfalls(const LaunchSpec& spec, const LaunchedWorker& launched) {
  if (!launched.cpu_rate_refused.ok()) {
    log_shortfall(spec, "worker_limit_not_set", "max_cpu_percent does not hold: " + launched.cpu_rate_refused.message);
  }
  if (launched.user_interface_shared) {
    log_shortfall(spec, "worker_limit_not_set",
                  "workers are not kept off the user interface of others: the service is in a job itself");
  }
  for (const std::string& text : launched.shortfalls) {
    log_shortfall(spec, "worker_not_confined", "started although its token is not the one that was asked for: " + text);
  }
}

void JobProcessHost::log_shortfall(const LaunchSpec& spec, std::string event, std::string text) {
  {
    const std::lock_guard lock(mutex_);
    if (shortfalls_.size() >= runtime::max_kept_shortfalls || !shortfalls_.insert(spec.pool + ": " + text).second) return;
  }
  log_.write({.level = LogLevel::warning, .event = std::move(event), .message = std::move(text), .pool = spec.pool});
}

std::vector<std::string> JobProcessHost::shortfalls() const {
  const std::lock_guard lock(mutex_);
  return {shortfalls_.begin(), shortfalls_.end()};
}

void JobProcessHost::report(Report report) {
  {
    const std::lock_guard lock(mutex_);
    reports_.push_back(std::move(report));
  }
  transport_.wake();
}

}  // namespace plugbroker::win
