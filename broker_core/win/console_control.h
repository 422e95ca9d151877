// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "broker_core/base/result.h"

namespace plugbroker::win {

/// While it lives, Ctrl-C, Ctrl-Break and the closing of the console call `on_stop` instead of ending the process.
///
/// At most one at a time. `on_stop` is called on a thread of the system's, perhaps more than once, and must not block.
/// When the console closes or the user logs off, Windows ends the process a few seconds later whatever it does.
class ConsoleControl {
 public:
  [[nodiscard]] static Result<ConsoleControl> install(std::function<void()> on_stop);

  ~ConsoleControl();
  ConsoleControl(ConsoleControl&& other) noexcept;
  ConsoleControl& operator=(ConsoleControl&&) = delete;
  ConsoleControl(const ConsoleControl&) = delete;
  ConsoleControl& operator=(const ConsoleControl&) = delete;

 private:
  ConsoleControl() = default;

  bool installed_ = true;
};

}  // namespace plugbroker::win
