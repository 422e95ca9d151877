// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "bench/pipe/contender.h"
#include "plugbroker/plugbroker.h"

namespace plugbroker::bench {

/// PlugBroker itself: the client library, the service that owns `pipe`, and its worker for the route `echo`.
class PlugBrokerContender final : public Contender {
 public:
  /// `service` is the service's name.
  PlugBrokerContender(const std::string& pipe, const std::string& service);
  ~PlugBrokerContender() override;

  void measure_latency(std::size_t size, unsigned calls, LatencyFigures& figures) override;
  /// One client handle, and so one pipe; asynchronous calls, each starting the next from its callback.
  double calls_per_second(std::size_t size, unsigned in_flight, unsigned milliseconds) override;

 private:
  plugbroker_client* client_ = nullptr;
};

}  // namespace plugbroker::bench
