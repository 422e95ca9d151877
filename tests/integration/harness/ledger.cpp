// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/harness/ledger.h"

#include <sstream>

#include "tests/integration/harness/child_process.h"

namespace plugbroker::harness {

Ledger read_ledger(const std::filesystem::path& file) {
  Ledger executed;
  std::istringstream lines(read_whole_file(file));
  for (std::string line; std::getline(lines, line);) ++executed[line];
  return executed;
}

std::vector<std::string> contradictions(const std::vector<CallReport>& told, Ledger executed) {
  std::vector<std::string> found;
  for (const CallReport& call : told) {
    const auto entry = executed.find(call.payload_name);
    const unsigned times = entry == executed.end() ? 0 : entry->second;
    const std::string outcome = call.payload_name + " (" + call.status + ", " + call.message + ")";
    if (times > 1) found.push_back(outcome + " was executed " + std::to_string(times) + " times");
    if (times == 0 && call.status == "ok") found.push_back(outcome + " was never executed");
    if (times != 0 && !call.worker_received && call.status != "ok") {
      found.push_back(outcome + " was executed, and its client was told that no worker received it");
    }
    if (entry != executed.end()) executed.erase(entry);
  }
  for (const auto& [text, times] : executed) found.push_back(text + " was executed, but no client knows of it");
  return found;
}

}  // namespace plugbroker::harness
