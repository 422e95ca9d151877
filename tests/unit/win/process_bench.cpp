// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/win/process_bench.h"

#include <array>
#include <chrono>
#include <utility>

#include "broker_core/win/utf16.h"

namespace plugbroker::test {

std::string child_program() {
  std::array<wchar_t, 1024> path{};
  GetModuleFileNameW(nullptr, path.data(), static_cast<DWORD>(path.size()));
  std::wstring text(path.data());
  text.erase(text.find_last_of(L"\\/") + 1);
  return win::to_utf8(text + L"win_test_child.exe");
}

void ProcessBench::use_child(std::vector<std::string> arguments) {
  win::LaunchSpec spec;
  spec.command = {child_program()};
  spec.command.insert(spec.command.end(), arguments.begin(), arguments.end());
  use(std::move(spec));
}

ProcessBench::ProcessBench() {
  // Elsewhere a token that is not as it shall be fails the test.
  if (runs_under_wine()) options_.confinement.token_check = runtime::TokenCheck::report;
  options_.confinement.service_name = "PlugBrokerTest";
}

void ProcessBench::use(win::LaunchSpec spec) {
  spec.pool = "documents";
  std::vector<win::LaunchSpec> pools;
  pools.push_back(std::move(spec));
  auto host = win::JobProcessHost::create(std::move(pools), *transport_, log_, clock_, options_);
  ASSERT_TRUE(host.ok()) << host.status().message;
  host_ = std::move(host).value();
}

void ProcessBench::replace(std::vector<win::LaunchSpec> pools) {
  auto planned = host_->plan_replacement(std::move(pools));
  ASSERT_TRUE(planned.ok()) << planned.status().message;
  host_->replace(std::move(planned).value());
}

void ProcessBench::serve_processes_until(const std::function<bool()>& done) {
  serve_until([&] {
    host_->deliver(processes_);
    return done();
  });
  if (done()) return;
  for (const auto& [worker, reason] : processes_.failures) ADD_FAILURE() << "worker did not start: " << reason;
}

WorkerId ProcessBench::start() {
  const WorkerId worker{++last_worker_};
  host_->start(worker, 0);
  return worker;
}

WorkerId ProcessBench::start_and_wait_for_channel() {
  const WorkerId worker = start();
  serve_processes_until([&] { return processes_.channels.contains(worker); });
  return worker;
}

std::uint32_t ProcessBench::run() {
  const WorkerId worker = start();
  serve_processes_until([&] { return processes_.exit_codes.contains(worker); });
  return processes_.exit_codes[worker];
}

std::string ProcessBench::sentence_of(WorkerId worker) {
  serve_processes_until(
      [&] { return processes_.channels.contains(worker) && sink_.text[processes_.channels[worker]].ends_with('.'); });
  std::string text = sink_.text[processes_.channels[worker]];
  text.pop_back();
  return text;
}

}  // namespace plugbroker::test
