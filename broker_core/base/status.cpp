// SPDX-License-Identifier: Apache-2.0
#include "broker_core/base/status.h"

#include <array>

namespace plugbroker {

std::string_view to_string(StatusCode code) noexcept {
  static constexpr std::array<std::string_view, highest_status_code + 1> names{
      "ok",        "cancelled",      "unknown",           "invalid_argument",   "deadline_exceeded",
      "not_found", "already_exists", "permission_denied", "resource_exhausted", "failed_precondition",
      "aborted",   "out_of_range",   "unimplemented",     "internal",           "unavailable",
      "data_loss", "unauthenticated"};
  const auto index = static_cast<std::size_t>(code);
  return index < names.size() ? names[index] : "unrecognised";
}

std::string_view to_string(RetryClass retry) noexcept {
  switch (retry) {
    case RetryClass::never:
      return "never";
    case RetryClass::safe:
      return "safe";
    case RetryClass::after_backoff:
      return "after_backoff";
  }
  return "unrecognised";
}

std::string_view to_string(Origin origin) noexcept {
  switch (origin) {
    case Origin::client:
      return "client";
    case Origin::broker:
      return "broker";
    case Origin::worker:
      return "worker";
  }
  return "unrecognised";
}

}  // namespace plugbroker
