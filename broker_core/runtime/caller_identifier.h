// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "broker_core/base/strong_id.h"
#include "broker_core/engine/events.h"

namespace plugbroker::runtime {

/// Tells who is at the other end of a connection whose HELLO was read, by the pipe's token.
class CallerIdentifier {
 public:
  virtual ~CallerIdentifier() = default;
  [[nodiscard]] virtual engine::CallerIdentified identify(ConnectionId connection) = 0;
};

}  // namespace plugbroker::runtime
