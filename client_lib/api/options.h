// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "broker_core/base/result.h"
#include "broker_core/protocol/app_metadata.h"
#include "client_lib/core/call.h"
#include "client_lib/win/cancellation.h"
#include "client_lib/win/client.h"
#include "plugbroker/plugbroker.h"

struct plugbroker_cancellation {
  plugbroker::client::Cancellation* shared;
};

namespace plugbroker::client {

/// Copies what the caller's version of an options struct has into this version's; a field it doesn't have is zero.
/// invalid_argument when struct_size is impossible (no version of a struct ends inside a field), when `reserved` is
/// set, or when a newer caller set a field that this library doesn't know. `given` may be null: all defaults.
template <typename Options>
[[nodiscard]] Status read_options(const Options* given, Options& options) {
  std::memset(&options, 0, sizeof options);
  if (given == nullptr) return {};
  constexpr std::size_t smallest = sizeof options.struct_size + sizeof options.reserved;
  constexpr std::size_t largest = 4096;
  const std::size_t size = given->struct_size;
  if (size < smallest || size > largest || size % alignof(Options) != 0)
    return {StatusCode::invalid_argument, "options: impossible struct_size"};
  const auto* bytes = reinterpret_cast<const unsigned char*>(given);
  for (std::size_t i = sizeof options; i < size; ++i) {
    if (bytes[i] != 0) return {StatusCode::invalid_argument, "options: a field that this version does not have is set"};
  }
  std::memcpy(&options, given, size < sizeof options ? size : sizeof options);
  if (options.reserved != 0) return {StatusCode::invalid_argument, "options: reserved is not zero"};
  return {};
}

[[nodiscard]] inline std::string_view text_or(const char* text, std::string_view fallback) noexcept {
  return text == nullptr ? fallback : std::string_view{text};
}

/// Checks and converts the options of plugbroker_client_create.
[[nodiscard]] Result<ClientOptions> client_options(const plugbroker_client_options& given);

/// What plugbroker_call_options say, checked and converted. The texts are views of the caller's.
struct CallRequest {
  CallHead head;  ///< Refers to the two below: valid as long as this stays where it is.
  CallLimits limits;
  Cancellation* cancellation = nullptr;
  protocol::TraceParent traceparent{};
  protocol::AppMetadataList metadata;
};

/// Fills `request` from the arguments of a call. invalid_argument says what is wrong with them.
[[nodiscard]] Status read_call(const char* route, const plugbroker_call_options* options, CallRequest& request);

/// The time a call has, from its options' deadline_us (0: the default).
[[nodiscard]] Result<Duration> call_timeout(std::int64_t deadline_us);

}  // namespace plugbroker::client
