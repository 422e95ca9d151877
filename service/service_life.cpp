// SPDX-License-Identifier: Apache-2.0
#include "service/service_life.h"

#include <algorithm>
#include <utility>

#include "broker_core/base/duration_text.h"
#include "service/service_status.h"

namespace plugbroker::service {
namespace {

using Signal = LifeSignals::Signal;
using Wanted = LifeSignals::Wanted;

// So that a fast start is seen at once; the SCM is told at its own pace.
constexpr Duration start_look = std::chrono::milliseconds{20};
constexpr Duration degraded_look = std::chrono::seconds{1};

}  // namespace

ServiceLife::ServiceLife(LifeSettings settings, Environment environment)
    : settings_(std::move(settings)),
      environment_(environment),
      probes_(settings_.self_probe_interval, environment_.clock.now()),
      start_deadline_(environment_.clock.now() + settings_.ready_timeout) {}

ExitCode ServiceLife::live() {
  Turn last = start();
  if (last == Turn::go_on) last = run();
  switch (last) {
    case Turn::go_on:
    case Turn::ended:
      return broken("the broker's loop ended without being asked to");
    case Turn::unreachable:
      return drain(ExitCode::unreachable, settings_.stop_grace);
    case Turn::stop:
      return stop_as_asked();
  }
  return ExitCode::broke_down;
}

ServiceLife::Turn ServiceLife::start() {
  TimePoint next_report = environment_.clock.now();
  while (!start_is_over()) {
    const TimePoint now = environment_.clock.now();
    if (now >= next_report) {
      environment_.observer.starting();
      next_report = now + progress_interval;
    }
    const Turn made = turn(Wanted::end_or_stop, now + start_look);
    if (made != Turn::go_on) return made;
  }
  say(LogLevel::information, "service_ready",
      "plugins connect to " + settings_.pipe + ", administrators to " + settings_.admin_pipe);
  if (!degraded_) {
    environment_.observer.ready();
  } else {
    const auto shortages = environment_.broker.pool_shortages();
    say(LogLevel::warning, "service_degraded",
        (shortages ? admin::text_of(*shortages) : "the pools are not known yet") + " after " +
            duration_text(settings_.ready_timeout) + "; the service runs all the same, and goes on trying");
    environment_.observer.degraded();
  }
  return Turn::go_on;
}

ServiceLife::Turn ServiceLife::run() {
  for (;;) {
    const TimePoint look = degraded_ ? environment_.clock.now() + degraded_look : far_future;
    const Turn made = turn(Wanted::any, look);
    if (made != Turn::go_on) return made;
    if (degraded_) look_whether_recovered();
  }
}

// One wait, and what became due.
ServiceLife::Turn ServiceLife::turn(Wanted wanted, TimePoint until) {
  const TimePoint now = environment_.clock.now();
  if (now >= probes_.next()) return probe_says_unreachable() ? Turn::unreachable : Turn::go_on;
  switch (environment_.signals.wait(wanted, std::min(until, probes_.next()) - now)) {
    case Signal::none:
      return Turn::go_on;
    case Signal::end:
      return Turn::ended;
    case Signal::stop:
      return Turn::stop;
    case Signal::reload:
      environment_.broker.reload("the service control manager");
      return Turn::go_on;
  }
  return Turn::ended;
}

bool ServiceLife::probe_says_unreachable() {
  const ProbeResult result = environment_.broker.probe();
  const TimePoint now = environment_.clock.now();
  switch (result.verdict) {
    case ProbeResult::Verdict::answered:
      probes_.answered(now);
      return false;
    case ProbeResult::Verdict::undecided:
      probes_.undecided(now);
      return false;
    case ProbeResult::Verdict::failed:
      break;
  }
  if (!probes_.failed(now)) {
    say(LogLevel::warning, "self_probe_failed", result.why + "; tried again");
    return false;
  }
  say(LogLevel::error, "service_unreachable",
      "the service can't be reached at its own pipe " + settings_.pipe + ", so it stops: " + result.why);
  environment_.observer.failing();
  return true;
}

bool ServiceLife::start_is_over() {
  // A row of failures has a bound of its own. Probes that decide nothing must not keep a busy service from RUNNING.
  const bool late = environment_.clock.now() >= start_deadline_;
  if (!probes_.was_tried() || probes_.in_doubt()) return false;
  if (!probes_.was_answered() && !late) return false;
  const auto shortages = environment_.broker.pool_shortages();
  if (shortages && shortages->empty()) return true;
  degraded_ = late;
  return late;
}

void ServiceLife::look_whether_recovered() {
  const auto shortages = environment_.broker.pool_shortages();
  if (!shortages || !shortages->empty()) return;
  degraded_ = false;
  say(LogLevel::information, "service_recovered", "every pool has its minimum of workers now");
  environment_.observer.ready();
}

ExitCode ServiceLife::stop_as_asked() {
  const bool shutdown = environment_.signals.system_shuts_down();
  const Duration grace = shutdown ? settings_.shutdown_grace : settings_.stop_grace;
  say(LogLevel::information, "service_stopping",
      std::string{shutdown ? "the system shuts down; " : ""} + "taking no new calls; what runs has " +
          duration_text(grace));
  return drain(ExitCode::ok, grace);
}

ExitCode ServiceLife::drain(ExitCode code, Duration grace) {
  environment_.observer.stopping();
  environment_.broker.request_stop(grace);
  const Duration longest =
      environment_.broker.longest_stop() + std::max(Duration::zero(), grace - settings_.stop_grace);
  const TimePoint deadline = environment_.clock.now() + longest;
  while (environment_.signals.wait(Wanted::end, progress_interval) != Signal::end) {
    environment_.observer.stopping();
    if (environment_.clock.now() >= deadline) return broken("the stop did not end in time");
  }
  say(LogLevel::information, "service_stopped", "every call has ended, no worker is left");
  return code;
}

ExitCode ServiceLife::broken(const std::string& why) {
  say(LogLevel::error, "service_broke_down", why);
  environment_.observer.failing();
  return ExitCode::broke_down;
}

void ServiceLife::say(LogLevel level, std::string event, std::string message) {
  LogRecord record;
  record.level = level;
  record.event = std::move(event);
  record.message = std::move(message);
  environment_.log.write(record);
}

}  // namespace plugbroker::service
