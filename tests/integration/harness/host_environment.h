// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

namespace plugbroker::harness {

/// What a program that uses a client library needs in its environment: the staged library on its PATH, and trust in the
/// one account there is under Wine. `others` come besides, and win.
[[nodiscard]] std::map<std::string, std::string> host_environment(std::map<std::string, std::string> others = {});

}  // namespace plugbroker::harness
