// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <io.h>

#include <cstdio>
#include <string>

#include "service/event_table.h"

// plugbroker_event_files > service/events/plugbroker-events.mc
// plugbroker_event_files --document     what stands between the event-table marks of docs/OPERATIONS.md
int main(int count, char** arguments) {
  const bool document = count == 2 && std::string{arguments[1]} == "--document";
  if (count > 1 && !document) {
    std::fputs("plugbroker_event_files [--document]\n", stderr);
    return 2;
  }
  _setmode(_fileno(stdout), _O_BINARY);  // Line ends as in the repository.
  const std::string text =
      document ? plugbroker::service::event_document() : plugbroker::service::event_message_source();
  return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() ? 0 : 1;
}
