// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace plugbroker {

/// How a call or an operation ended. The numbers are on the wire and in the C ABI and never change meaning.
///
/// The names and numbers are those of gRPC, so that bridges stay easy.
enum class StatusCode : std::uint16_t {
  ok = 0,
  cancelled = 1,
  unknown = 2,
  invalid_argument = 3,
  deadline_exceeded = 4,
  not_found = 5,
  already_exists = 6,
  permission_denied = 7,
  resource_exhausted = 8,
  failed_precondition = 9,
  aborted = 10,
  out_of_range = 11,
  unimplemented = 12,
  internal = 13,
  unavailable = 14,
  data_loss = 15,
  unauthenticated = 16,
};

inline constexpr std::uint16_t highest_status_code = 16;

/// What the caller may do next with a call that failed.
enum class RetryClass : std::uint8_t {
  never = 0,         ///< Repeating it can do harm or will fail the same way.
  safe = 1,          ///< No worker saw it: repeat at will.
  after_backoff = 2  ///< No worker saw it, and the broker is short of something: wait, then repeat.
};

/// Who decided the outcome.
enum class Origin : std::uint8_t { client = 1, broker = 2, worker = 3 };

/// "not_found" and so on; "unrecognised" for a number that has no name.
[[nodiscard]] std::string_view to_string(StatusCode code) noexcept;
[[nodiscard]] std::string_view to_string(RetryClass retry) noexcept;
[[nodiscard]] std::string_view to_string(Origin origin) noexcept;

/// A code and a sentence for people. Empty message for ok.
struct [[nodiscard]] Status {
  StatusCode code = StatusCode::ok;
  std::string message;

  [[nodiscard]] bool ok() const noexcept { return code == StatusCode::ok; }
  friend bool operator==(const Status&, const Status&) = default;
};

}  // namespace plugbroker
