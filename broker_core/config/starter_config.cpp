// SPDX-License-Identifier: Apache-2.0
#include "broker_core/config/starter_config.h"

namespace plugbroker::config {

std::string_view starter_config() {
  return R"(// The configuration of PlugBroker. JSON; comments and trailing commas are allowed. Every key: docs/CONFIG.md.
// Check it before a start with:  plugbroker-service check-config --config <this file>
{
  // The pipe that plugins connect to.
  // "pipe": "\\\\.\\pipe\\PlugBroker",

  // How long running calls may go on when the service stops.
  // "stop_grace": "20s",

  "log": {
    // debug, information, warning or error.
    "level": "information",
  },

  // The workers. The service does not start before there is at least one pool.
  "pools": {
    // "documents": {
    //   // An absolute path to a program, then its arguments. A backslash is written twice.
    //   "command": ["C:\\Program Files\\PlugBroker\\workers\\documents\\Documents.exe"],
    //   "routes": ["echo", "markdown.to_html", "text.stats"],
    //   "min_workers": 1,   // kept alive
    //   "max_workers": 4,   // started while calls wait
    //   "concurrency": 1,   // calls that one worker holds at once
    // },
  },
}
)";
}

}  // namespace plugbroker::config
