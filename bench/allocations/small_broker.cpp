// SPDX-License-Identifier: Apache-2.0
#include "bench/allocations/small_broker.h"

#include <atomic>
#include <cstdio>
#include <new>
#include <stdexcept>
#include <thread>

#include "bench/allocations/counted_allocations.h"
#include "bench/allocations/echo_channel.h"
#include "broker_core/runtime/broker_loop.h"
#include "broker_core/win/iocp_transport.h"
#include "broker_core/win/pipe_instance.h"
#include "broker_core/win/security_descriptors.h"
#include "broker_core/win/service_sid.h"

namespace plugbroker::bench {
namespace {

using namespace std::chrono_literals;

class StandingClock final : public Clock {
 public:
  [[nodiscard]] TimePoint now() const override {
    if (allocates) ::operator delete(::operator new(1));
    return TimePoint{1h};
  }
  std::atomic<bool> allocates{false};
};

class SilentLog final : public LogSink {
 public:
  void write(const LogRecord&) override {}
};

class EverybodyMayCall final : public runtime::CallerIdentifier {
 public:
  [[nodiscard]] engine::CallerIdentified identify(ConnectionId connection) override {
    return {connection, {}, "S-1-5-21-1", "someone", {true}};
  }
};

/// Its one process is a thread.
class ThreadHost final : public runtime::ProcessHost {
 public:
  explicit ThreadHost(win::IocpTransport& transport) : transport_(transport) {}

  void start(WorkerId worker, engine::PoolIndex) override {
    started_ = worker;
    transport_.wake();
  }
  void terminate(WorkerId, std::shared_ptr<const engine::EvidenceCase>) override {}
  void keep_evidence(WorkerId, std::shared_ptr<const engine::EvidenceCase>) override {}
  void deliver(runtime::ProcessSink& sink) override {
    if (!started_) return;
    const WorkerId worker = std::exchange(started_, {});
    auto pipe = win::create_private_pipe(win::WorkerEnd::channel);
    if (!pipe.ok()) throw std::runtime_error(pipe.status().message);
    const auto channel = transport_.adopt(std::move(pipe->broker_end));
    if (!channel.ok()) throw std::runtime_error(channel.status().message);
    std::thread([end = std::move(pipe->worker_end)]() mutable {
      take_role(Role::worker);
      try {
        EchoChannel(std::move(end)).serve();
      } catch (const std::exception& error) {
        std::fprintf(stderr, "the worker: %s\n", error.what());
      }
    }).detach();
    sink.worker_started(worker, *channel, GetCurrentProcessId());
  }

 private:
  win::IocpTransport& transport_;
  WorkerId started_;
};

engine::EngineConfig one_pool() {
  engine::EngineConfig config;
  config.pools.push_back({.name = "p", .routes = {"echo"}});
  return config;
}

std::unique_ptr<win::IocpTransport> open_transport(const std::wstring& name, const Clock& clock, LogSink& log) {
  const auto self = win::own_user_sid();
  if (!self.ok()) throw std::runtime_error(self.status().message);
  auto transport =
      win::IocpTransport::open({.pipe_name = name, .security = win::public_pipe_security(*self)}, clock, log);
  if (!transport.ok()) throw std::runtime_error(transport.status().message);
  return std::move(transport).value();
}

}  // namespace

class SmallBroker::Parts {
 public:
  explicit Parts(const std::wstring& name)
      : transport_(open_transport(name, clock, log_)),
        processes_(*transport_),
        loop_(one_pool(), {*transport_, processes_, callers_, clock, log_, board_}) {
    std::thread([this] {
      take_role(Role::broker);
      loop_.run();
    }).detach();
  }

  StandingClock clock;

 private:
  SilentLog log_;
  std::unique_ptr<win::IocpTransport> transport_;
  ThreadHost processes_;
  EverybodyMayCall callers_;
  runtime::SnapshotBoard board_;
  runtime::BrokerLoop loop_;
};

SmallBroker::SmallBroker(const std::wstring& name) : parts_(std::make_unique<Parts>(name)) {}

SmallBroker::~SmallBroker() {
  // Its threads use the parts until the process ends.
  (void)parts_.release();
}

void SmallBroker::allocate_with_every_look_at_the_clock() {
  parts_->clock.allocates = true;
}

}  // namespace plugbroker::bench
