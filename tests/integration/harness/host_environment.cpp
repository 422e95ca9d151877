// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/harness/host_environment.h"

#include <cstdlib>

#include "tests/integration/harness/test_folder.h"
#include "tests/integration/harness/text_encoding.h"

namespace plugbroker::harness {

std::map<std::string, std::string> host_environment(std::map<std::string, std::string> others) {
  const char* const path = std::getenv("PATH");
  others.insert({{"PATH", narrow((stage() / "bin").wstring()) + ";" + (path != nullptr ? path : "")},
                 {"PLUGBROKER_TRUSTED_OWNERS", "current_user"}});
  return others;
}

}  // namespace plugbroker::harness
