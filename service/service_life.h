// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "broker_core/admin/pool_shortage.h"
#include "broker_core/base/log_sink.h"
#include "broker_core/base/status.h"
#include "broker_core/base/time.h"
#include "service/exit_code.h"
#include "service/probe_schedule.h"
#include "service/run_observer.h"

namespace plugbroker::service {

/// What came of opening the own public pipe.
struct ProbeResult {
  enum class Verdict : std::uint8_t {
    answered,
    undecided,  ///< Every instance was taken just then, though the loop is alive; or the probe was broken off.
    failed
  };
  Verdict verdict = Verdict::undecided;
  std::string why{};  ///< Unless answered.
};

/// The broker as the service's life sees it.
class LiveBroker {
 public:
  virtual ~LiveBroker() = default;
  /// Nothing when the broker has not shown its pools yet.
  [[nodiscard]] virtual std::optional<std::vector<admin::PoolShortage>> pool_shortages() const = 0;
  /// Blocks, for seconds at most; broken off by a stop request.
  [[nodiscard]] virtual ProbeResult probe() = 0;
  virtual void reload(const std::string& asked_by) = 0;
  virtual void request_stop(Duration grace) = 0;
  /// How long a stop with `stop_grace` may take.
  [[nodiscard]] virtual Duration longest_stop() const = 0;
};

/// What wakes the thread that lives this life.
class LifeSignals {
 public:
  enum class Wanted : std::uint8_t {
    end,          ///< The broker has ended.
    end_or_stop,  ///< Also: a stop was asked for.
    any           ///< Also: a reload was asked for; told once for each.
  };
  enum class Signal : std::uint8_t { none, end, stop, reload };

  virtual ~LifeSignals() = default;
  /// Waits at most so long for one that is wanted.
  [[nodiscard]] virtual Signal wait(Wanted wanted, Duration at_most) = 0;
  /// Whether the stop was asked for because the system goes down.
  [[nodiscard]] virtual bool system_shuts_down() const = 0;
};

struct LifeSettings {
  std::string pipe;
  std::string admin_pipe;
  Duration ready_timeout{};
  Duration stop_grace{};
  Duration shutdown_grace{};
  Duration self_probe_interval{};  ///< Zero: at the start only.
};

/// The service from the moment when its pipes are there: start, run, degraded perhaps, drain. Decides; does nothing
/// itself, so tests replace all that it uses.
///
/// The start is over when a probe of the own pipe was answered and every pool has its minimum of workers, or
/// `ready_timeout` has passed. A service that can't be reached drains and ends with ExitCode::unreachable.
class ServiceLife {
 public:
  struct Environment {
    LiveBroker& broker;
    LifeSignals& signals;
    RunObserver& observer;
    LogSink& log;
    const Clock& clock;
  };

  ServiceLife(LifeSettings settings, Environment environment);

  /// ExitCode::broke_down when the broker has not ended in time: its threads still run then.
  [[nodiscard]] ExitCode live();

 private:
  enum class Turn : std::uint8_t { go_on, stop, ended, unreachable };

  [[nodiscard]] Turn start();
  [[nodiscard]] Turn run();
  [[nodiscard]] Turn turn(LifeSignals::Wanted wanted, TimePoint until);
  [[nodiscard]] bool probe_says_unreachable();
  [[nodiscard]] bool start_is_over();
  void look_whether_recovered();
  [[nodiscard]] ExitCode drain(ExitCode code, Duration grace);
  [[nodiscard]] ExitCode stop_as_asked();
  [[nodiscard]] ExitCode broken(const std::string& why);
  void say(LogLevel level, std::string event, std::string message);

  LifeSettings settings_;
  Environment environment_;
  ProbeSchedule probes_;
  TimePoint start_deadline_;
  bool degraded_ = false;
};

}  // namespace plugbroker::service
