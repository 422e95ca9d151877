// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/harness/test_caller.h"

#include <array>
#include <atomic>
#include <sstream>

#include "tests/integration/harness/eventually.h"
#include "tests/integration/harness/host_environment.h"
#include "tests/integration/harness/text_encoding.h"
#include "tests/integration/harness/windows_handle.h"

namespace plugbroker::harness {
namespace {

std::string next_name(const InstalledService& service, const std::string& kind) {
  static std::atomic<unsigned> count{0};
  return service.name() + "-" + kind + std::to_string(++count);
}

ChildProcess start_caller(const std::filesystem::path& base, std::vector<std::string> arguments) {
  return ChildProcess({.program = test_program("plugbroker_test_caller.exe"),
                       .arguments = std::move(arguments),
                       .output = base.wstring() + L".output.txt",
                       .environment = host_environment()});
}

/// One line of a report: name, status, retry class, origin, "1" when a worker may have it, the hint when to try again,
/// message; tabs between.
std::vector<CallReport> read_reports(const std::filesystem::path& file) {
  std::vector<CallReport> reports;
  std::istringstream lines(read_whole_file(file));
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    std::array<std::string, 7> field;
    for (std::string& one : field) std::getline(fields, one, '\t');
    reports.push_back({.payload_name = field[0],
                       .status = field[1],
                       .retry = field[2],
                       .origin = field[3],
                       .worker_received = field[4] == "1",
                       .retry_after = std::chrono::microseconds{std::stoll(field[5])},
                       .message = field[6],
                       .reply = {}});
  }
  return reports;
}

void end_well(ChildProcess& process) {
  const std::uint32_t code = process.wait();
  if (code != 0) throw HarnessError("a test caller ended with " + std::to_string(code) + ": " + process.output());
}

}  // namespace

void PrintTo(const CallReport& report, std::ostream* out) {
  *out << report.payload_name << ": " << report.status << " (retry " << report.retry << ", from the " << report.origin
       << (report.worker_received ? ", may have been received" : "") << ") " << report.message;
}

SingleCall::SingleCall(const InstalledService& service, const std::string& route, std::string_view request,
                       std::chrono::milliseconds deadline)
    : base_(service.folder() / widen(next_name(service, "call"))) {
  write_whole_file(base_.wstring() + L".request", request);
  process_ = std::make_unique<ChildProcess>(
      start_caller(base_, {"once", service.pipe(), route, std::to_string(deadline.count()), narrow(base_.wstring())}));
}

CallReport SingleCall::report() {
  end_well(*process_);
  std::vector<CallReport> reports = read_reports(base_.wstring() + L".report");
  if (reports.size() != 1) throw HarnessError("a test caller reported nothing: " + process_->output());
  reports[0].reply = read_whole_file(base_.wstring() + L".reply");
  return reports[0];
}

CallReport call(const InstalledService& service, const std::string& route, std::string_view request,
                std::chrono::milliseconds deadline) {
  return SingleCall(service, route, request, deadline).report();
}

BackgroundCaller::BackgroundCaller(const InstalledService& service, const std::string& route)
    : report_(service.folder() / widen(next_name(service, "background"))),
      progress_(narrow(report_.filename().wstring())) {
  process_ = std::make_unique<ChildProcess>(start_caller(
      report_,
      {"loop", service.pipe(), route, narrow(report_.filename().wstring()), narrow(report_.wstring()) + ".report"}));
  wait_for_finished(1);
}

BackgroundCaller::~BackgroundCaller() {
  progress_->stop = 1;
}

void BackgroundCaller::wait_for_finished(std::uint64_t calls) const {
  if (!eventually([&] { return finished() >= calls || !process_->running(); }) || finished() < calls) {
    throw HarnessError("the background caller stopped at " + std::to_string(finished()) +
                       " calls: " + process_->output());
  }
}

std::vector<CallReport> BackgroundCaller::stop() {
  progress_->stop = 1;
  end_well(*process_);
  return read_reports(report_.wstring() + L".report");
}

BurstCaller::BurstCaller(const InstalledService& service, const std::string& route, const std::string& name,
                         unsigned calls, unsigned at_once)
    : report_(service.folder() / widen(next_name(service, "burst"))), progress_(narrow(report_.filename().wstring())) {
  process_ = std::make_unique<ChildProcess>(start_caller(
      report_, {"burst", service.pipe(), route, narrow(report_.filename().wstring()),
                narrow(report_.wstring()) + ".report", name, std::to_string(calls), std::to_string(at_once)}));
}

std::vector<CallReport> BurstCaller::reports() {
  end_well(*process_);
  return read_reports(report_.wstring() + L".report");
}

}  // namespace plugbroker::harness
