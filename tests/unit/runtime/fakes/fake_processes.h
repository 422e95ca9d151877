// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "broker_core/runtime/process_host.h"

namespace plugbroker::test {

/// A ProcessHost that starts nothing: the test says what became of each start.
class FakeProcesses final : public runtime::ProcessHost {
 public:
  struct Start {
    WorkerId worker;
    engine::PoolIndex pool = 0;
  };

  void report_started(WorkerId worker, ConnectionId channel) {
    reports_.push_back([=](runtime::ProcessSink& sink) { sink.worker_started(worker, channel, 4711); });
  }
  void report_start_failed(WorkerId worker, std::string reason) {
    reports_.push_back(
        [worker, reason = std::move(reason)](runtime::ProcessSink& sink) { sink.worker_start_failed(worker, reason); });
  }
  void report_exited(WorkerId worker, std::uint32_t exit_code) {
    reports_.push_back([=](runtime::ProcessSink& sink) { sink.worker_exited(worker, exit_code); });
  }

  void report_observed(WorkerId worker, std::uint64_t private_bytes) {
    reports_.push_back([=](runtime::ProcessSink& sink) { sink.worker_observed(worker, private_bytes); });
  }
  void report_outdated(engine::PoolIndex pool, engine::RecycleReason reason) {
    reports_.push_back([=](runtime::ProcessSink& sink) { sink.pool_outdated(pool, reason); });
  }

  [[nodiscard]] const std::vector<Start>& starts() const { return starts_; }
  [[nodiscard]] const std::vector<WorkerId>& terminated() const { return terminated_; }

  void start(WorkerId worker, engine::PoolIndex pool) override { starts_.push_back({worker, pool}); }
  void terminate(WorkerId worker, std::shared_ptr<const engine::EvidenceCase>) override {
    terminated_.push_back(worker);
  }
  void keep_evidence(WorkerId, std::shared_ptr<const engine::EvidenceCase>) override {}
  void deliver(runtime::ProcessSink& sink) override {
    for (const auto& report : std::exchange(reports_, {})) report(sink);
  }

 private:
  std::vector<std::function<void(runtime::ProcessSink&)>> reports_;
  std::vector<Start> starts_;
  std::vector<WorkerId> terminated_;
};

}  // namespace plugbroker::test
