// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "broker_core/win/job_process_host.h"
#include "tests/unit/win/transport_bench.h"

namespace plugbroker::test {

/// Remembers what a process host reports.
class RecordingProcessSink final : public runtime::ProcessSink {
 public:
  void worker_started(WorkerId worker, ConnectionId channel, std::uint32_t process_id) override {
    channels[worker] = channel;
    process_ids[worker] = process_id;
  }
  void worker_start_failed(WorkerId worker, std::string_view reason) override { failures[worker] = reason; }
  void worker_start_withdrawn(WorkerId worker) override { withdrawn.insert(worker); }
  void worker_exited(WorkerId worker, std::uint32_t exit_code) override { exit_codes[worker] = exit_code; }
  void worker_observed(WorkerId worker, std::uint64_t private_bytes) override { observed[worker] = private_bytes; }
  void pool_outdated(engine::PoolIndex pool, engine::RecycleReason reason) override {
    outdated.emplace_back(pool, reason);
  }

  std::map<WorkerId, ConnectionId> channels;
  std::map<WorkerId, std::uint32_t> process_ids;
  std::map<WorkerId, std::string> failures;
  std::set<WorkerId> withdrawn;
  std::map<WorkerId, std::uint32_t> exit_codes;
  std::map<WorkerId, std::uint64_t> observed;
  std::vector<std::pair<engine::PoolIndex, engine::RecycleReason>> outdated;
};

/// The program that plays the worker; it lies beside the tests.
[[nodiscard]] std::string child_program();

/// Starts workers of one pool, "documents", whose command is set before.
class ProcessBench : public TransportBench {
 protected:
  ProcessBench();

  /// The pool runs the test's child program with these arguments.
  void use_child(std::vector<std::string> arguments);
  void use(win::LaunchSpec spec);

  /// Other pools than those of use(), which runs on.
  void replace(std::vector<win::LaunchSpec> pools);

  void serve_processes_until(const std::function<bool()>& done);
  WorkerId start();
  WorkerId start_and_wait_for_channel();
  /// Starts one, waits for its end; its exit code.
  std::uint32_t run();
  /// What the worker has sent until it sent a full stop.
  std::string sentence_of(WorkerId worker);

  win::ProcessHostOptions options_;  ///< For use() and use_child().
  RecordingProcessSink processes_;
  std::unique_ptr<win::JobProcessHost> host_;
  std::uint64_t last_worker_ = 0;
};

}  // namespace plugbroker::test
