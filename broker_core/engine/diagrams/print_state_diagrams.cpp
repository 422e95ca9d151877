// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <string>

#include "broker_core/engine/diagrams/state_diagrams.h"

// Prints what stands between the state-diagram marks of docs/ARCHITECTURE.md.
int main() {
  const std::string text = plugbroker::engine::state_diagrams();
  return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() ? 0 : 1;
}
