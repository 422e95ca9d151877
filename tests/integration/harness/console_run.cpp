// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/harness/console_run.h"

#include <atomic>

#include "tests/integration/harness/eventually.h"
#include "tests/integration/harness/text_encoding.h"

namespace plugbroker::harness {
namespace {

std::string next_number() {
  static std::atomic<unsigned> count{0};
  return std::to_string(++count);
}

std::size_t count_of(const std::string& text, const std::string& word) {
  std::size_t count = 0;
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + word.size())) ++count;
  return count;
}

}  // namespace

ConsoleRun::ConsoleRun(const std::vector<PoolText>& pools) {
  write_whole_file(
      folder() / "plugbroker.json",
      to_json({.pipe = pipe(), .admin_pipe = pipe() + ".Admin", .log_folder = folder() / "log", .pools = pools}));
}

ChildProcess::Options ConsoleRun::service(const std::string& verb, const std::vector<std::string>& arguments) const {
  std::vector<std::string> all{verb, "--config", narrow((folder() / "plugbroker.json").wstring())};
  all.insert(all.end(), arguments.begin(), arguments.end());
  return {.program = product_program("plugbroker-service.exe"),
          .arguments = std::move(all),
          .output = folder() / widen("service" + next_number() + ".txt")};
}

void ConsoleRun::start(const std::vector<std::string>& arguments) {
  console_.emplace(service("console", arguments));
  wait_for_log("service_ready");
}

Finished ConsoleRun::start_in_vain(const std::string& verb, const std::vector<std::string>& arguments) {
  return run(service(verb, arguments));
}

void ConsoleRun::wait_for_log(const std::string& word, std::size_t times) const {
  const auto there = [&] { return count_of(log(), word) >= times; };
  if (!eventually([&] { return there() || !console_->running(); }) || !there()) {
    throw HarnessError("the console's log does not have " + word + ":\n" + log());
  }
}

ChildProcess ConsoleRun::start_call(const std::string& route, const std::string& request) const {
  const std::string number = next_number();
  const std::filesystem::path input = folder() / widen("request" + number);
  write_whole_file(input, request);
  return ChildProcess({.program = product_program("plugbrokerctl.exe"),
                       .arguments = {"call", route, "--pipe", pipe(), "--in", narrow(input.wstring()),
                                     "--trusted-owner", "current_user"},
                       .output = folder() / widen("reply" + number)});
}

Finished ConsoleRun::call(const std::string& route, const std::string& request) const {
  ChildProcess call = start_call(route, request);
  const std::uint32_t code = call.wait();
  return {code, call.output()};
}

}  // namespace plugbroker::harness
