// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include "bench/latency_figures.h"

namespace plugbroker::bench {

/// The pattern that PlugBroker replaces, done as well as it can be: for each call make a pipe, start the C# program
/// `program`, wait for it to connect, write a request of `size` bytes, read the reply, wait for the program's end.
/// Throws std::runtime_error when a call fails.
[[nodiscard]] LatencyFigures measure_one_process_per_call(const std::string& program, std::size_t size, unsigned calls);

}  // namespace plugbroker::bench
