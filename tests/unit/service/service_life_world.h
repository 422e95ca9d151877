// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "service/service_life.h"

namespace plugbroker::service::test {

/// Everything that a ServiceLife uses, faked, on one clock that only waits move.
class LifeWorld : public LiveBroker, public LifeSignals, public RunObserver, public LogSink, public Clock {
 public:
  struct Happening {
    TimePoint at{};
    Signal signal = Signal::none;
  };

  explicit LifeWorld(LifeSettings settings) : settings_(std::move(settings)) {}

  ExitCode live() {
    ServiceLife life{settings_, {.broker = *this, .signals = *this, .observer = *this, .log = *this, .clock = *this}};
    return life.live();
  }

  /// From then on the pool has its worker.
  void ready_at(Duration time) { ready_at_ = TimePoint{time}; }
  /// What the next probes say; after them, each is answered.
  void probes(std::vector<ProbeResult::Verdict> verdicts) { verdicts_ = {verdicts.begin(), verdicts.end()}; }
  void stop_at(Duration time) { happenings_.push_back({TimePoint{time}, Signal::stop}); }
  void reload_at(Duration time) { happenings_.push_back({TimePoint{time}, Signal::reload}); }
  void loop_ends_at(Duration time) { end_ = TimePoint{time}; }
  void system_goes_down() { shutdown_ = true; }
  /// A drain takes so long; by default none.
  void drain_takes(Duration time) { drain_ = time; }

  /// What the log and the observer got, in order: "ready", "log service_ready", ….
  std::vector<std::string> told;
  std::vector<std::string> messages;
  std::vector<Duration> probed_at;
  std::vector<Duration> graces;
  std::vector<std::string> reloads;
  Duration ended_at{};

  [[nodiscard]] std::ptrdiff_t count(const std::string& what) const { return std::ranges::count(told, what); }
  [[nodiscard]] bool was_told(const std::string& what) const { return count(what) > 0; }

 private:
  // LiveBroker
  [[nodiscard]] std::optional<std::vector<admin::PoolShortage>> pool_shortages() const override {
    if (now_ >= ready_at_) return std::vector<admin::PoolShortage>{};
    return std::vector{admin::PoolShortage{.pool = "markdown", .ready = 0, .wanted = 1}};
  }
  [[nodiscard]] ProbeResult probe() override {
    probed_at.push_back(now_.time_since_epoch());
    if (verdicts_.empty()) return {ProbeResult::Verdict::answered, {}};
    const ProbeResult::Verdict verdict = verdicts_.front();
    verdicts_.pop_front();
    return {verdict, "because"};
  }
  void reload(const std::string& asked_by) override { reloads.push_back(asked_by); }
  void request_stop(Duration grace) override {
    graces.push_back(grace);
    end_ = now_ + drain_;
  }
  [[nodiscard]] Duration longest_stop() const override { return settings_.stop_grace + std::chrono::seconds{25}; }

  // LifeSignals
  [[nodiscard]] Signal wait(Wanted wanted, Duration at_most) override {
    const TimePoint until = at_most >= far_future - now_ ? far_future : now_ + std::max(at_most, Duration::zero());
    const auto next = std::ranges::find_if(happenings_, [&](const Happening& happening) {
      return wanted == Wanted::any || (wanted == Wanted::end_or_stop && happening.signal == Signal::stop);
    });
    const TimePoint when = next == happenings_.end() ? far_future : std::max(next->at, now_);
    if (end_ <= std::min(until, when)) {
      now_ = std::max(now_, end_);
      ended_at = now_.time_since_epoch();
      return Signal::end;
    }
    if (when <= until && next != happenings_.end()) {
      now_ = when;
      const Signal signal = next->signal;
      if (signal == Signal::reload) happenings_.erase(next);
      return signal;
    }
    now_ = until;
    return Signal::none;
  }
  [[nodiscard]] bool system_shuts_down() const override { return shutdown_; }

  // RunObserver
  void starting() override { told.emplace_back("starting"); }
  void ready() override { told.emplace_back("ready"); }
  void degraded() override { told.emplace_back("degraded"); }
  void failing() override { told.emplace_back("failing"); }
  void stopping() override { told.emplace_back("stopping"); }

  // LogSink
  void write(const LogRecord& record) override {
    told.push_back("log " + record.event);
    messages.push_back(record.message);
  }

  // Clock
  [[nodiscard]] TimePoint now() const override { return now_; }

  LifeSettings settings_;
  TimePoint now_{};
  TimePoint ready_at_{};
  TimePoint end_ = far_future;
  Duration drain_{};
  std::vector<Happening> happenings_;
  std::deque<ProbeResult::Verdict> verdicts_;
  bool shutdown_ = false;
};

}  // namespace plugbroker::service::test
