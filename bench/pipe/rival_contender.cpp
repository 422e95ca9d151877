// SPDX-License-Identifier: Apache-2.0
#include "bench/pipe/rival_contender.h"

#include <sstream>
#include <stdexcept>
#include <vector>

namespace plugbroker::bench {
namespace {

std::unique_ptr<ChildProcess> start(const std::string& program, const char* role, const std::string& pipe) {
  auto process = std::make_unique<ChildProcess>(program, std::vector<std::string>{role, pipe});
  if (process->read_line() != "ready") throw std::runtime_error(program + " did not say that it is ready");
  return process;
}

}  // namespace

RivalContender::RivalContender(const std::string& program, const std::string& name) {
  const std::string pipe = name + "." + std::to_string(GetCurrentProcessId());
  server_ = start(program, "server", pipe);
  client_ = start(program, "client", pipe);
}

void RivalContender::measure_latency(std::size_t size, unsigned calls, LatencyFigures& figures) {
  client_->write_line("latency " + std::to_string(size) + " " + std::to_string(calls));
  std::istringstream samples(client_->read_line());
  unsigned count = 0;
  for (std::int64_t sample = 0; samples >> sample; ++count) figures.add(sample);
  if (count != calls) throw std::runtime_error("a rival did not answer with as many figures as were asked for");
}

double RivalContender::calls_per_second(std::size_t size, unsigned in_flight, unsigned milliseconds) {
  client_->write_line("throughput " + std::to_string(size) + " " + std::to_string(in_flight) + " " +
                      std::to_string(milliseconds));
  std::istringstream answer(client_->read_line());
  double calls = 0;
  double elapsed = 0;
  if (!(answer >> calls >> elapsed) || elapsed <= 0)
    throw std::runtime_error("a rival did not answer with two figures");
  return calls * 1e6 / elapsed;
}

}  // namespace plugbroker::bench
