// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace plugbroker::engine {

/// The engine's three state machines as mermaid diagrams, printed from their tables: the part of docs/ARCHITECTURE.md
/// between its state-diagram marks.
[[nodiscard]] std::string state_diagrams();

}  // namespace plugbroker::engine
