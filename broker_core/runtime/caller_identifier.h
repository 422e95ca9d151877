// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "broker_core/base/strong_id.h"
#include "broker_core/engine/events.h"

namespace plugbroker::runtime {

/// Tells who is at the other end of a connection whose HELLO was read, by the pipe's token, and what he may call.
class CallerIdentifier {
 public:
  virtual ~CallerIdentifier() = default;
  [[nodiscard]] virtual engine::CallerIdentified identify(ConnectionId connection) = 0;
  /// The path of the program that a process runs, in UTF-8: for logs, never for a decision. Empty when it can't be
  /// told.
  [[nodiscard]] virtual std::string image_of(std::uint32_t /*process_id*/) { return {}; }
  /// Names of accounts that an identify() could not tell, and that were found out since; the transport was woken then.
  [[nodiscard]] virtual std::vector<engine::CallerNamed> take_names() { return {}; }
};

}  // namespace plugbroker::runtime
