// SPDX-License-Identifier: Apache-2.0
#pragma once

// The C++ header's names beside the broker's own of the same spelling.
#define PLUGBROKER_VERSIONED_NAMES_ONLY
#include <chrono>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "plugbroker/plugbroker.hpp"
#include "tests/unit/client_lib/win/pipe_server.h"
#include "tests/unit/client_lib/win/signal_count.h"

namespace plugbroker::client {

using namespace std::chrono_literals;

/// A client of `pipe` that trusts this user's pipes.
inline v1::ClientOptions options_for(const std::string& pipe) {
  v1::ClientOptions options;
  options.pipe_name = pipe;
  options.service_name = "PlugBrokerTestNoSuchService";
  options.trusted_owners = "current_user";
  options.user_name = "client_lib_tests";
  return options;
}

inline v1::Client client_of(const std::string& pipe) {
  return v1::Client::create(options_for(pipe)).value();
}

inline v1::CallOptions within(std::chrono::microseconds deadline) {
  v1::CallOptions options;
  options.deadline = deadline;
  return options;
}

/// Collects the lines of a log callback. Releases `seen` for each line that contains `awaited`.
struct LogLines {
  std::string awaited;
  SignalCount seen;
  std::mutex mutex;
  std::vector<std::string> lines;

  static void __cdecl take(void* self, std::int32_t, const char* text) {
    auto& log = *static_cast<LogLines*>(self);
    const std::lock_guard lock(log.mutex);
    log.lines.emplace_back(text);
    if (!log.awaited.empty() && log.lines.back().find(log.awaited) != std::string::npos) log.seen.release();
  }
  std::string text() {
    const std::lock_guard lock(mutex);
    std::string all;
    for (const std::string& line : lines) all += line + "\n";
    return all;
  }
};

}  // namespace plugbroker::client
