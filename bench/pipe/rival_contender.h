// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "bench/pipe/child_process.h"
#include "bench/pipe/contender.h"

namespace plugbroker::bench {

/// One of the programs of bench/rivals, once as the server and once as the client, which is told what to do (see
/// RivalClient.cs).
class RivalContender final : public Contender {
 public:
  /// `name` is for the name of the pipe.
  RivalContender(const std::string& program, const std::string& name);

  void measure_latency(std::size_t size, unsigned calls, LatencyFigures& figures) override;
  double calls_per_second(std::size_t size, unsigned in_flight, unsigned milliseconds) override;

 private:
  std::unique_ptr<ChildProcess> server_;
  std::unique_ptr<ChildProcess> client_;
};

}  // namespace plugbroker::bench
