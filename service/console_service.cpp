// SPDX-License-Identifier: Apache-2.0
#include "service/console_service.h"

#include <atomic>
#include <cstdio>

#include "broker_core/win/console_control.h"
#include "broker_core/win/unique_handle.h"

namespace plugbroker::service {
namespace {

// The log goes to the same console and says it all.
class QuietObserver : public RunObserver {
 public:
  void starting() override {}
  void ready() override {}
  void degraded() override {}
  void failing() override {}
  void stopping() override {}
};

}  // namespace

ExitCode run_in_console(const RunOptions& options) {
  const win::UniqueHandle stop{CreateEventW(nullptr, TRUE, FALSE, nullptr)};
  if (!stop) return ExitCode::start_failed;
  std::atomic<int> requests{0};
  const Result<win::ConsoleControl> control = win::ConsoleControl::install([&] {
    if (requests++ > 0) exit_now(ExitCode::interrupted);
    SetEvent(stop.get());
  });
  if (!control) {
    std::fprintf(stderr, "plugbroker-service: %s\n", control.status().message.c_str());
    return ExitCode::start_failed;
  }
  QuietObserver observer;
  const ExitCode code = run_service(options, {.stop_requested = stop.get()}, observer);
  if (code == ExitCode::broke_down) exit_now(code);
  return code;
}

}  // namespace plugbroker::service
