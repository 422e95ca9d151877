// SPDX-License-Identifier: Apache-2.0
// plugbroker_test_caller: a host application in miniature. It calls the broker with the staged client library, in a
// process of its own, as told on the command line, and reports every outcome to a file.
//
//   once  PIPE ROUTE DEADLINE_MS BASE              one call with the bytes of BASE.request; the reply goes to
//   BASE.reply,
//                                                  the outcome to BASE.report
//   loop  PIPE ROUTE PROGRESS REPORT               call after call until the shared memory PROGRESS says stop
//   burst PIPE ROUTE PROGRESS REPORT NAME N WIDTH  N calls with the texts NAME-0, NAME-1, …, WIDTH at a time
#include <windows.h>

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "plugbroker/plugbroker.h"
#include "tests/integration/harness/caller_progress.h"
#include "tests/integration/harness/child_process.h"
#include "tests/integration/test_caller/outcome_report.h"

namespace plugbroker::test_caller {
namespace {

/// The pipe of a test is named like its service.
std::string service_of(const std::string& pipe) {
  return pipe.substr(pipe.rfind('\\') + 1);
}

class Client {
 public:
  explicit Client(const std::string& pipe) {
    const std::string service = service_of(pipe);
    plugbroker_client_options options = plugbroker_client_options_default();
    options.pipe_name = pipe.c_str();
    options.service_name = service.c_str();
    options.user_name = "test_caller";
    if (plugbroker_client_create(&options, &client_) != PLUGBROKER_OK) std::fprintf(stderr, "no client\n");
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client() { plugbroker_client_destroy(client_); }

  /// The reply is the caller's to free.
  plugbroker_reply* call(const std::string& route, std::string_view request, std::int64_t deadline_us) const {
    plugbroker_call_options options = plugbroker_call_options_default();
    options.deadline_us = deadline_us;
    plugbroker_reply* reply = nullptr;
    plugbroker_call(client_, route.c_str(), request.data(), request.size(), &options, &reply);
    return reply;
  }

 private:
  plugbroker_client* client_ = nullptr;
};

constexpr std::int64_t default_deadline_us = 60'000'000;

std::string_view data_of(const plugbroker_reply* reply) {
  return {static_cast<const char*>(plugbroker_reply_data(reply)), plugbroker_reply_size(reply)};
}

/// Makes one call, reports it, and counts it as failed unless it was ok; with `expect_echo` its reply must be its
/// request.
void call_and_report(const Client& client, const std::string& route, const std::string& text, bool expect_echo,
                     OutcomeReport& report, const harness::SharedCallerProgress& progress) {
  plugbroker_reply* const reply = client.call(route, text, default_deadline_us);
  const bool ok = plugbroker_reply_status(reply) == PLUGBROKER_OK;
  const bool wrong = expect_echo && ok && data_of(reply) != text;
  report.add(wrong ? "WRONG REPLY to " + text : text, reply);
  if (!ok || wrong) ++progress->failed;
  ++progress->finished;
  plugbroker_reply_free(reply);
}

int once(const std::vector<std::string>& arguments) {
  const std::string& base = arguments.at(5);
  const Client client(arguments.at(2));
  OutcomeReport report(base + ".report");
  plugbroker_reply* const reply = client.call(
      arguments.at(3), harness::read_whole_file(harness::widen(base + ".request")), std::stoll(arguments.at(4)) * 1000);
  harness::write_whole_file(harness::widen(base + ".reply"), data_of(reply));
  report.add("once", reply);
  plugbroker_reply_free(reply);
  return 0;
}

int loop(const std::vector<std::string>& arguments) {
  const Client client(arguments.at(2));
  const harness::SharedCallerProgress progress(arguments.at(4));
  OutcomeReport report(arguments.at(5));
  for (std::uint64_t i = 0; progress->stop == 0; ++i) {
    call_and_report(client, arguments.at(3), "background-" + std::to_string(i), true, report, progress);
  }
  return 0;
}

int burst(const std::vector<std::string>& arguments) {
  const Client client(arguments.at(2));
  const harness::SharedCallerProgress progress(arguments.at(4));
  OutcomeReport report(arguments.at(5));
  const unsigned calls = static_cast<unsigned>(std::stoul(arguments.at(7)));
  std::atomic<unsigned> next{0};
  std::vector<std::thread> threads;
  for (unsigned width = static_cast<unsigned>(std::stoul(arguments.at(8))); width > 0; --width) {
    threads.emplace_back([&] {
      for (unsigned i = next++; i < calls; i = next++) {
        call_and_report(client, arguments.at(3), arguments.at(6) + "-" + std::to_string(i), false, report, progress);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  return 0;
}

}  // namespace
}  // namespace plugbroker::test_caller

int main(int count, char** values) {
  using namespace plugbroker::test_caller;
  const std::vector<std::string> arguments(values, values + count);
  const std::string mode = count > 1 ? arguments[1] : "";
  if (mode == "once" && count == 6) return once(arguments);
  if (mode == "loop" && count == 6) return loop(arguments);
  if (mode == "burst" && count == 9) return burst(arguments);
  std::fprintf(stderr, "wrong arguments; see the top of test_caller_main.cpp\n");
  return 2;
}
