// SPDX-License-Identifier: Apache-2.0
#include "broker_core/engine/diagrams/state_diagrams.h"

#include "broker_core/engine/diagrams/diagram_text.h"
#include "broker_core/engine/state_tables.h"

namespace plugbroker::engine {

std::string state_diagrams() {
  return diagram_of("Session", session_machine) + "\n" + diagram_of("Worker", worker_machine) + "\n" +
         diagram_of("Call", call_machine) + "\n" + diagram_of("Breaker", breaker_machine);
}

}  // namespace plugbroker::engine
