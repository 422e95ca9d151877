// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <string>

#include "broker_core/config/config_document.h"

// plugbroker_config_document > docs/CONFIG.md
int main() {
  const std::string document = plugbroker::config::config_document();
  return std::fwrite(document.data(), 1, document.size(), stdout) == document.size() ? 0 : 1;
}
