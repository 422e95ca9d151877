// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <string>

#include "broker_core/config/config_document.h"
#include "broker_core/config/config_json_schema.h"

// plugbroker_config_document > docs/CONFIG.md
// plugbroker_config_document --json-schema > docs/plugbroker.schema.json
int main(int count, char** arguments) {
  const bool json_schema = count == 2 && std::string{arguments[1]} == "--json-schema";
  if (count > 1 && !json_schema) {
    std::fputs("plugbroker_config_document [--json-schema]\n", stderr);
    return 2;
  }
  const std::string document =
      json_schema ? plugbroker::config::config_json_schema() : plugbroker::config::config_document();
  return std::fwrite(document.data(), 1, document.size(), stdout) == document.size() ? 0 : 1;
}
