// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <variant>
#include <vector>

#include "broker_core/base/log_sink.h"
#include "broker_core/base/result.h"
#include "broker_core/base/time.h"
#include "broker_core/runtime/process_host.h"
#include "broker_core/win/iocp_transport.h"
#include "broker_core/win/launch_spec.h"
#include "broker_core/win/worker_launcher.h"
#include "broker_core/win/worker_monitor.h"

namespace plugbroker::win {

/// ProcessHost with a job object for each worker. Starts run on two threads of its own, so that one that hangs does not
/// stop another; what workers print goes to the log, split into lines and within a rate.
class JobProcessHost final : public runtime::ProcessHost {
 public:
  /// `pools` by PoolIndex. `transport`, `log` and `clock` must outlive the host; start(), terminate() and deliver()
  /// belong to the transport's thread.
  [[nodiscard]] static Result<std::unique_ptr<JobProcessHost>> create(std::vector<LaunchSpec> pools,
                                                                      IocpTransport& transport, LogSink& log,
                                                                      const Clock& clock);
  /// Ends every worker that is left and waits for starts that are under way.
  ~JobProcessHost() override;

  void start(WorkerId worker, engine::PoolIndex pool) override;
  void terminate(WorkerId worker) override;
  void deliver(runtime::ProcessSink& sink) override;

 private:
  struct Job {
    WorkerId worker;
    engine::PoolIndex pool = 0;
  };
  struct Started {
    WorkerId worker;
    std::shared_ptr<const WorkerProcess> process;
    UniqueHandle channel;
  };
  struct StartFailed {
    WorkerId worker;
    std::string reason;
  };
  struct Exited {
    WorkerId worker;
    DWORD exit_code = 0;
  };
  using Report = std::variant<Started, StartFailed, Exited>;

  struct Entry {
    std::shared_ptr<const WorkerProcess> process;  ///< Null until its start was delivered.
    bool terminate = false;
  };

  JobProcessHost(std::vector<LaunchSpec> pools, IocpTransport& transport, LogSink& log);
  [[nodiscard]] Status start_threads(const Clock& clock);
  /// False when it is under way already, or done.
  [[nodiscard]] bool withdraw_start(WorkerId worker);
  void run_starts();
  void start_now(const Job& job);
  void report(Report report);
  void deliver_started(Started& started, runtime::ProcessSink& sink);

  const std::vector<LaunchSpec> pools_;
  IocpTransport& transport_;
  LogSink& log_;
  std::unordered_map<WorkerId, Entry> workers_;

  std::mutex mutex_;
  std::condition_variable work_;
  std::deque<Job> jobs_;         ///< Guarded by mutex_.
  std::vector<Report> reports_;  ///< Guarded by mutex_.
  bool stopping_ = false;        ///< Guarded by mutex_.

  std::unique_ptr<WorkerMonitor> monitor_;
  std::vector<std::thread> threads_;
};

}  // namespace plugbroker::win
