// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <deque>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <unordered_map>
#include <variant>
#include <vector>

#include "broker_core/base/limits.h"
#include "broker_core/base/log_sink.h"
#include "broker_core/base/result.h"
#include "broker_core/base/time.h"
#include "broker_core/runtime/process_host.h"
#include "broker_core/win/evidence_keeper.h"
#include "broker_core/win/iocp_transport.h"
#include "broker_core/win/launch_spec.h"
#include "broker_core/win/outdated_watch.h"
#include "broker_core/win/worker_launcher.h"
#include "broker_core/win/worker_monitor.h"

namespace plugbroker::win {

struct ProcessHostOptions {
  std::optional<EvidenceSettings> evidence{};  ///< None: no cases are kept.
  OutdatedWatch::Options outdated{};           ///< Its on_outdated is the host's own.
  ConfinementRules confinement{};
  Duration observation_interval = limits::memory_observation_interval;
};

/// ProcessHost with a job object for each worker. Starts run on two threads of its own, so that one that hangs does not
/// stop another; what workers print goes to the log, split into lines and within a rate. Workers are observed, their
/// files watched, and cases kept of those that failed, on threads of their own.
class JobProcessHost final : public runtime::ProcessHost {
 public:
  using Options = ProcessHostOptions;

  /// Other pools, ready to be put in the place of those that are.
  class Replacement {
    friend class JobProcessHost;
    std::vector<LaunchSpec> specs_;
    OutdatedWatch::Pools watched_;
  };

  /// `pools` by PoolIndex. `transport`, `log` and `clock` must outlive the host; start(), terminate() and deliver()
  /// belong to the transport's thread.
  [[nodiscard]] static Result<std::unique_ptr<JobProcessHost>> create(std::vector<LaunchSpec> pools,
                                                                      IocpTransport& transport, LogSink& log,
                                                                      const Clock& clock, Options options = {});
  /// Ends every worker that is left and waits for starts that are under way.
  ~JobProcessHost() override;

  /// `pools` by PoolIndex: every one that there is keeps its place and its name, new ones follow. Nothing is changed
  /// before replace(). Looks at files, so: from any thread but the transport's, one at a time.
  [[nodiscard]] Result<Replacement> plan_replacement(std::vector<LaunchSpec> pools);
  /// From now on workers are started by these, and files and times watched (OutdatedWatch). Those that run are left
  /// alone. Of the transport's thread; the plan must have been made after the last one was put in place.
  void replace(Replacement replacement);

  /// What the system did not do of what it was asked for workers, once each: "documents: …". From any thread.
  [[nodiscard]] std::vector<std::string> shortfalls() const;

  void start(WorkerId worker, engine::PoolIndex pool) override;
  void terminate(WorkerId worker, std::shared_ptr<const engine::EvidenceCase> evidence) override;
  void keep_evidence(WorkerId worker, std::shared_ptr<const engine::EvidenceCase> evidence) override;
  void deliver(runtime::ProcessSink& sink) override;

 private:
  struct Job {
    WorkerId worker;
    engine::PoolIndex pool = 0;
  };
  struct Started {
    WorkerId worker;
    std::shared_ptr<const WorkerProcess> process;
    ShadowCopies::Copy copy;
    UniqueHandle channel;
  };
  struct StartFailed {
    WorkerId worker;
    std::string reason;
  };
  struct StartWithdrawn {
    WorkerId worker;
  };
  struct Exited {
    WorkerId worker;
    DWORD exit_code = 0;
  };
  struct Observed {
    WorkerId worker;
    std::uint64_t private_bytes = 0;
  };
  struct Outdated {
    engine::PoolIndex pool = 0;
    engine::RecycleReason reason = engine::RecycleReason::files_changed;
  };
  using Report = std::variant<Started, StartFailed, StartWithdrawn, Exited, Observed, Outdated>;

  struct Entry {
    engine::PoolIndex pool = 0;
    std::shared_ptr<const WorkerProcess> process;  ///< Null until its start was delivered.
    ShadowCopies::Copy copy;                       ///< What it runs from.
    bool terminate = false;
    std::shared_ptr<const engine::EvidenceCase> evidence;  ///< To be kept when it is terminated.
    bool evidence_under_way = false;                       ///< One case is enough, and will end it.
  };
  /// One that ended by itself: a case may still be wanted.
  struct Ended {
    FailedWorker worker;
    TimePoint when;
  };

  JobProcessHost(std::vector<LaunchSpec> pools, IocpTransport& transport, LogSink& log, const Clock& clock,
                 ConfinementRules confinement);
  [[nodiscard]] Status start_threads(Options options);
  /// False when it is under way already, or done.
  [[nodiscard]] bool withdraw_start(WorkerId worker);
  void run_starts();
  void start_now(const Job& job);
  void report(Report report);
  /// Once for each pool and text.
  void log_shortfall(const LaunchSpec& spec, std::string event, std::string text);
  void log_shortfalls(const LaunchSpec& spec, const LaunchedWorker& launched);
  void deliver_started(Started& started, runtime::ProcessSink& sink);
  void deliver_exited(const Exited& exited, runtime::ProcessSink& sink);
  [[nodiscard]] FailedWorker failed_worker(WorkerId worker, const Entry& entry) const;
  void end_process(WorkerId worker, Entry& entry);
  void remember(FailedWorker worker);
  void forget_old_exits();

  std::vector<LaunchSpec> pools_;  ///< Of the transport's thread; those who start workers ask outdated_.
  IocpTransport& transport_;
  LogSink& log_;
  const Clock& clock_;
  const ConfinementRules confinement_;
  std::unordered_map<WorkerId, Entry> workers_;
  std::deque<Ended> ended_;  ///< The oldest first, at most limits::max_remembered_exits; empty without evidence.

  mutable std::mutex mutex_;
  std::condition_variable work_;
  std::deque<Job> jobs_;              ///< Guarded by mutex_.
  std::vector<Report> reports_;       ///< Guarded by mutex_.
  bool stopping_ = false;             ///< Guarded by mutex_.
  std::set<std::string> shortfalls_;  ///< "pool: text", logged already. Guarded by mutex_.

  std::unique_ptr<OutdatedWatch> outdated_;
  std::unique_ptr<EvidenceKeeper> evidence_;  ///< Null: no cases are kept.
  std::unique_ptr<WorkerMonitor> monitor_;
  std::vector<std::thread> threads_;
};

}  // namespace plugbroker::win
