// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "broker_core/base/status.h"

namespace plugbroker::engine {

/// How a peer broke the protocol, in a sentence; or that it did not. As small as a pointer, since every frame that comes
/// in is answered with one.
class [[nodiscard]] Offence {
 public:
  /// None.
  Offence() noexcept = default;
  Offence(std::string what) : what_(std::make_unique<const std::string>(std::move(what))) {}
  Offence(const char* what) : Offence(std::string{what}) {}
  /// `status` is not ok.
  Offence(const Status& status) : Offence(status.message) {}

  explicit operator bool() const noexcept { return what_ != nullptr; }
  /// Only when there is one.
  [[nodiscard]] const std::string& what() const noexcept { return *what_; }

 private:
  std::unique_ptr<const std::string> what_;
};

/// What several frames can do.
inline Offence never_opened() {
  return "a frame for a stream that was never opened";
}

}  // namespace plugbroker::engine
