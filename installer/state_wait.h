// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "broker_core/base/time.h"

namespace plugbroker::installer {

/// What the SCM says of a service.
struct ServiceObservation {
  std::uint32_t state = 0;  ///< SERVICE_RUNNING and so on.
  std::uint32_t checkpoint = 0;
  Duration wait_hint{};
  std::uint32_t process_id = 0;
  std::uint32_t exit_code = 0;  ///< The service's own when it gave one, else Win32's.
};

enum class WaitVerdict : std::uint8_t {
  reached,
  keep_waiting,
  gave_up,  ///< The service went back to rest: it stopped while it was to start.
  stuck,    ///< No checkpoint for longer than twice its wait hint and 10 s, or 5 minutes in all.
};

/// Judges one wait for a service's state. Pure: it is handed what was seen and when.
class StateWait {
 public:
  StateWait(std::uint32_t wanted_state, TimePoint now);

  [[nodiscard]] WaitVerdict observe(const ServiceObservation& seen, TimePoint now);

  /// How long to wait before the next look: a tenth of the hint, from 100 ms to 1 s.
  [[nodiscard]] static Duration pause_after(const ServiceObservation& seen);

 private:
  std::uint32_t wanted_;
  TimePoint begun_;
  TimePoint last_progress_;
  std::uint32_t last_state_ = 0;
  std::uint32_t last_checkpoint_ = 0;
};

}  // namespace plugbroker::installer
