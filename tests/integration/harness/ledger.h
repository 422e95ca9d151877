// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "tests/integration/harness/test_caller.h"

namespace plugbroker::harness {

/// How often workers have executed each call, by its text, as they wrote it down themselves (WORKER_LEDGER).
using Ledger = std::map<std::string, unsigned>;

[[nodiscard]] Ledger read_ledger(const std::filesystem::path& file);

/// One sentence for each call whose outcome, as told to its client, does not agree with what workers did:
/// more than once executed; ok, but never executed; "certainly no worker received it", but executed; executed, but
/// nobody asked for it.
[[nodiscard]] std::vector<std::string> contradictions(const std::vector<CallReport>& told, Ledger executed);

}  // namespace plugbroker::harness
