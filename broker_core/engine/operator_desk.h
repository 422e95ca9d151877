// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "broker_core/engine/recycling.h"

namespace plugbroker::engine {

/// Does what an administrator asks for, and answers it in the same event.
///
/// not_found: no such pool or worker. failed_precondition: the command makes no sense in the state that they are in.
/// Whatever comes of it is logged with who asked.
class OperatorDesk {
 public:
  OperatorDesk(EngineState& state, Workers& workers, Recycling& recycling) noexcept
      : state_(state), workers_(workers), recycling_(recycling) {}

  void asked(const OperatorAsked& event);

 private:
  [[nodiscard]] Status carry_out(const OperatorRequest& request);
  [[nodiscard]] Status drain(Pool& pool);
  [[nodiscard]] Status resume(Pool& pool);
  [[nodiscard]] Status recycle(Pool& pool);
  [[nodiscard]] Status close_breaker(Pool& pool);
  [[nodiscard]] Status recycle(Worker& worker);
  [[nodiscard]] Status kill(Worker& worker);

  EngineState& state_;
  Workers& workers_;
  Recycling& recycling_;
};

}  // namespace plugbroker::engine
