// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <windows.h>

#include <functional>
#include <string>

#include "service/service_life.h"
#include "service/service_limits.h"

namespace plugbroker::service {

/// Opens the service's own public pipe from inside and says HELLO, as a plugin would.
///
/// It costs one connection and one frame each way, and it sees what nothing inside would: an instance that another
/// process made under our name, rights that shut everybody out, no instance left, a loop that hangs. A refusal that can
/// be read is an answer: the service is there, it only has enough.
class SelfProbe {
 public:
  struct Environment {
    std::string pipe;
    HANDLE stop_requested = nullptr;  ///< Breaks a probe off. Null: nothing does.
    /// Asked when every instance is taken. May take a second or two.
    std::function<bool()> loop_is_alive;
    Duration patience = limits::self_probe_patience;
  };

  explicit SelfProbe(Environment environment) : environment_(std::move(environment)) {}

  /// Takes at most `patience`, and what loop_is_alive takes.
  [[nodiscard]] ProbeResult run() const;

 private:
  Environment environment_;
};

}  // namespace plugbroker::service
