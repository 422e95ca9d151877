// SPDX-License-Identifier: Apache-2.0
// awaited_stats FILE...: asks the route text.stats about all files at once; each is a coroutine that awaits its reply.
#include <plugbroker/plugbroker.hpp>

#include <atomic>
#include <exception>
#include <fstream>
#include <iostream>
#include <iterator>
#include <latch>
#include <string>

namespace {

/// The least that a coroutine needs: it runs until it waits, and frees itself at its end.
struct Task {
  struct promise_type {
    Task get_return_object() noexcept { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() noexcept {}
    void unhandled_exception() noexcept { std::terminate(); }
  };
};

Task print_stats(const plugbroker::Client& client, std::string name, std::atomic<int>& failures, std::latch& done) {
  std::ifstream file(name, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto reply = co_await client.call_async("text.stats", text);
  // From here on this is the library's thread: whatever takes long belongs elsewhere.
  if (reply) {
    std::cout << name + ": " + std::string{reply->text()} + "\n";
  } else {
    std::cerr << name + ": " + reply.error().message + "\n";
    ++failures;
  }
  done.count_down();
}

}  // namespace

int main(int argc, char** argv) {
  const auto client = plugbroker::Client::create();
  if (!client) return 2;
  std::atomic<int> failures = 0;
  std::latch done(argc - 1);
  for (int i = 1; i < argc; ++i) print_stats(*client, argv[i], failures, done);
  done.wait();
  return failures == 0 ? 0 : 1;
}
