// SPDX-License-Identifier: Apache-2.0
#include "bench/pipe/floor_contender.h"

#include "bench/floor/floor_pipes.h"

namespace plugbroker::bench {
namespace {

constexpr unsigned warm_up_calls = 500;
constexpr unsigned connect_attempts = 3000;

/// Waits for the relay to make the pipe: it does so only after the worker has connected to its other one.
HANDLE connect_to(const std::string& name) {
  for (unsigned attempt = 0; attempt < connect_attempts; ++attempt) {
    const HANDLE pipe = CreateFileA(name.c_str(), GENERIC_READ | GENERIC_WRITE, 0, nullptr, OPEN_EXISTING, 0, nullptr);
    if (pipe != INVALID_HANDLE_VALUE) return pipe;
    Sleep(10);
  }
  floor::fail("CreateFile " + name);
}

}  // namespace

FloorContender::FloorContender(const std::string& relay, const std::string& worker, const std::string& name) {
  const std::string base = name + "." + std::to_string(GetCurrentProcessId());
  const std::string prefix = R"(\\.\pipe\)";
  relay_ = std::make_unique<ChildProcess>(relay, std::vector{prefix + base + ".front", prefix + base + ".back"});
  worker_ = std::make_unique<ChildProcess>(worker, std::vector{base + ".back"});
  pipe_ = connect_to(prefix + base + ".front");
  LatencyFigures warm_up;
  measure_latency(64, warm_up_calls, warm_up);
}

FloorContender::~FloorContender() {
  CloseHandle(pipe_);
}

void FloorContender::write_frames(std::size_t size, std::size_t count) {
  output_.clear();
  for (std::size_t i = 0; i < count; ++i) floor::append_frame(output_, static_cast<std::uint32_t>(i), size);
  floor::write_all(pipe_, output_.data(), output_.size());
}

void FloorContender::measure_latency(std::size_t size, unsigned calls, LatencyFigures& figures) {
  for (unsigned i = 0; i < calls; ++i) {
    figures.add(timed([&] {
      write_frames(size, 1);
      std::size_t have = 0;
      const std::size_t length = floor::read_frame(pipe_, input_, have);
      if (length != floor::header_bytes + size) throw std::runtime_error("the reply is not the request");
    }));
  }
}

double FloorContender::calls_per_second(std::size_t size, unsigned in_flight, unsigned milliseconds) {
  std::size_t done = 0;
  const ULONGLONG end = GetTickCount64() + milliseconds;
  const std::int64_t elapsed = timed([&] {
    std::size_t outstanding = in_flight;
    write_frames(size, in_flight);
    std::size_t have = 0;
    while (outstanding != 0) {
      if (floor::read_frame(pipe_, input_, have) == 0) throw std::runtime_error("the relay has ended");
      std::size_t replies = 0;
      const std::size_t whole = floor::whole_frames(input_.data(), have, replies);
      std::memmove(input_.data(), input_.data() + whole, have - whole);
      have -= whole;
      done += replies;
      outstanding -= replies;
      if (GetTickCount64() >= end) continue;
      write_frames(size, replies);
      outstanding += replies;
    }
  });
  return static_cast<double>(done) * 1e6 / static_cast<double>(elapsed);
}

}  // namespace plugbroker::bench
