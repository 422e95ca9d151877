// SPDX-License-Identifier: Apache-2.0
// allocations: counts what the client library and the broker allocate for a call once the first calls have been made.
// Both are the shipped objects, in this one process, over real pipes; only the worker is a thread of this program.
// Fails when either allocates anything; `--twin client` and `--twin broker` add an allocation, and then it fails unless
// that is seen.
#include <windows.h>

#include <cstdio>
#include <cstring>
#include <exception>
#include <new>
#include <stdexcept>
#include <string>

#include "bench/allocations/counted_allocations.h"
#include "bench/allocations/small_broker.h"
#include "plugbroker/plugbroker.h"

namespace plugbroker::bench {
namespace {

constexpr int warm_up_calls = 300;
constexpr int calls = 500;

enum class Twin { none, client, broker };

void call_echo(plugbroker_client* client, const std::string& request) {
  plugbroker_reply* reply = nullptr;
  const plugbroker_status status = plugbroker_call(client, "echo", request.data(), request.size(), nullptr, &reply);
  if (status != PLUGBROKER_OK) throw std::runtime_error(plugbroker_reply_message(reply));
  if (plugbroker_reply_size(reply) != request.size()) throw std::runtime_error("the reply is not the request");
  plugbroker_reply_free(reply);
}

struct Counts {
  std::size_t client = 0;
  std::size_t broker = 0;
};

Counts count_so_far() {
  return {allocations_of(Role::others), allocations_of(Role::broker)};
}

/// What `calls` calls of `size` bytes allocate.
Counts count(plugbroker_client* client, std::size_t size, bool add_one) {
  const std::string request(size, 'x');
  for (int i = 0; i < warm_up_calls; ++i) call_echo(client, request);
  const Counts before = count_so_far();
  for (int i = 0; i < calls; ++i) {
    call_echo(client, request);
    if (add_one) ::operator delete(::operator new(1));
  }
  const Counts after = count_so_far();
  return {after.client - before.client, after.broker - before.broker};
}

bool run(Twin twin) {
  const std::string name = "PlugBroker.bench.allocations." + std::to_string(GetCurrentProcessId());
  const std::string pipe = R"(\\.\pipe\)" + name;
  SmallBroker broker(std::wstring(pipe.begin(), pipe.end()));
  plugbroker_client_options options = plugbroker_client_options_default();
  options.pipe_name = pipe.c_str();
  options.trusted_owners = "current_user";
  plugbroker_client* client = nullptr;
  if (plugbroker_client_create(&options, &client) != PLUGBROKER_OK) throw std::runtime_error("no client");
  if (twin == Twin::broker) broker.allocate_with_every_look_at_the_clock();
  Counts all;
  for (const std::size_t size : {0u, 64u, 4096u}) {
    const Counts counted = count(client, size, twin == Twin::client);
    std::printf("%zu bytes: %zu allocations of the client, %zu of the broker, in %d calls\n", size, counted.client,
                counted.broker, calls);
    all.client += counted.client;
    all.broker += counted.broker;
  }
  if (twin == Twin::client) return all.client >= calls;
  if (twin == Twin::broker) return all.broker >= calls;
  return all.client == 0 && all.broker == 0;
}

}  // namespace
}  // namespace plugbroker::bench

int main(int count, char** values) {
  using plugbroker::bench::Twin;
  Twin twin = Twin::none;
  if (count == 3 && std::strcmp(values[1], "--twin") == 0) {
    if (std::strcmp(values[2], "broker") == 0) twin = Twin::broker;
    if (std::strcmp(values[2], "client") == 0) twin = Twin::client;
  }
  bool good = false;
  try {
    good = plugbroker::bench::run(twin);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "allocations: %s\n", error.what());
  }
  std::fflush(nullptr);
  // The broker's threads run until here.
  ExitProcess(good ? 0 : 1);
}
