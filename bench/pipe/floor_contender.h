// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <windows.h>

#include <memory>
#include <string>
#include <vector>

#include "bench/pipe/child_process.h"
#include "bench/pipe/contender.h"

namespace plugbroker::bench {

/// A floor: this process as the C++ client with a blocking pipe, one of the relays of bench/floor, its C# echo worker.
class FloorContender final : public Contender {
 public:
  /// Paths of the programs. `name` is for the names of the pipes.
  FloorContender(const std::string& relay, const std::string& worker, const std::string& name);
  ~FloorContender() override;

  void measure_latency(std::size_t size, unsigned calls, LatencyFigures& figures) override;
  /// One thread: as many new calls as replies came with a read leave in one write. Only for a relay that reads while it
  /// writes.
  double calls_per_second(std::size_t size, unsigned in_flight, unsigned milliseconds) override;

 private:
  void write_frames(std::size_t size, std::size_t count);

  std::unique_ptr<ChildProcess> relay_;
  std::unique_ptr<ChildProcess> worker_;
  HANDLE pipe_ = nullptr;
  std::vector<char> output_;
  std::vector<char> input_;
};

}  // namespace plugbroker::bench
