// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/hostile/admin_probe.h"

#include <boost/json/parse.hpp>

#include <algorithm>
#include <exception>
#include <iterator>
#include <utility>

#include "tests/integration/harness/raw_pipe_client.h"

namespace plugbroker::hostile {

using harness::HarnessError;
using harness::RawFrame;
using harness::RawPipeClient;
namespace wire = harness::wire;

namespace {

constexpr std::chrono::milliseconds pause{20};

}  // namespace

AdminProbe::AdminProbe(std::string pipe) : pipe_(std::move(pipe)), thread_([this] { run(); }) {}

AdminProbe::~AdminProbe() {
  if (thread_.joinable()) static_cast<void>(stop());
}

AdminTimes AdminProbe::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
  return std::move(times_);
}

void AdminProbe::run() {
  std::unique_lock lock(mutex_);
  do {
    lock.unlock();
    try {
      ask();
    } catch (const std::exception& error) {
      times_.failures.emplace_back(error.what());
    }
    lock.lock();
  } while (!changed_.wait_for(lock, pause, [this] { return stopping_; }));
}

void AdminProbe::ask() {
  using std::chrono::steady_clock;
  const steady_clock::time_point began = steady_clock::now();
  RawPipeClient client(pipe_);
  client.open_session();
  client.send(wire::request_frame(1, "status", {}));
  std::string document;
  while (std::optional<RawFrame> frame = client.read_frame()) {
    if (frame->header.type == wire::data) document += frame->payload;
    if (frame->header.type != wire::end) continue;
    if (frame->number(0x0040) != 0) throw HarnessError("the admin pipe answered: " + frame->text(0x0044));
    const boost::json::value status = boost::json::parse(document);
    times_.answers.push_back(std::chrono::duration_cast<std::chrono::microseconds>(steady_clock::now() - began));
    const std::chrono::milliseconds age{status.at("snapshot_age_ms").to_number<std::int64_t>()};
    times_.oldest_snapshot = std::max(times_.oldest_snapshot, age);
    return;
  }
  throw HarnessError("the admin pipe closed without an answer");
}

void add(AdminTimes& to, AdminTimes found) {
  std::ranges::move(found.answers, std::back_inserter(to.answers));
  std::ranges::move(found.failures, std::back_inserter(to.failures));
  to.oldest_snapshot = std::max(to.oldest_snapshot, found.oldest_snapshot);
}

std::string to_text(AdminTimes times) {
  std::ranges::sort(times.answers);
  if (times.answers.empty()) return "no answer of the admin pipe";
  const auto microseconds = [](std::chrono::microseconds time) { return std::to_string(time.count()) + " us"; };
  return std::to_string(times.answers.size()) + " answers of the admin pipe: median " +
         microseconds(times.answers[times.answers.size() / 2]) + ", slowest " + microseconds(times.answers.back()) +
         "; oldest snapshot " + std::to_string(times.oldest_snapshot.count()) + " ms";
}

}  // namespace plugbroker::hostile
