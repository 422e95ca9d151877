// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "broker_core/protocol/app_metadata.h"
#include "broker_core/protocol/messages.h"
#include "client_lib/core/call_types.h"

namespace plugbroker::client {

/// A CallHead with its own copy of all that it refers to, in at most three pieces of memory.
class CallHeadCopy {
 public:
  explicit CallHeadCopy(const CallHead& head);

  /// Valid as long as this stays where it is.
  [[nodiscard]] CallHead head() const noexcept;

 private:
  std::string texts_;  ///< One after the other.
  std::array<std::size_t, 4> lengths_{};
  protocol::TraceParent traceparent_{};
  bool has_traceparent_ = false;
  protocol::AppMetadataList metadata_;
};

}  // namespace plugbroker::client
