// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "broker_core/base/time.h"

/// Fixed bounds that only the service's own outside has; all others are in base/limits.h.
namespace plugbroker::limits {

using namespace std::chrono_literals;

// The probe of the own pipe.
inline constexpr Duration self_probe_patience = 10s;  ///< For the connection and its answer.
inline constexpr Duration self_probe_retry = 5s;      ///< After one that was not answered.
inline constexpr int self_probe_failures = 3;         ///< In a row; then the service stops.

// The Windows event log.
inline constexpr std::size_t max_waiting_events = 64;      ///< Beside the one being written.
inline constexpr std::size_t max_event_text_bytes = 4096;  ///< Of each text in an event.
inline constexpr std::uint32_t event_burst = 32;           ///< Events that may come at once,
inline constexpr Duration event_interval = 2s;             ///< and one more for each time that this has passed.
inline constexpr Duration event_log_patience = 1s;         ///< At the end, and for an event written in a crash.

}  // namespace plugbroker::limits
