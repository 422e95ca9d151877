// SPDX-License-Identifier: Apache-2.0
// greet_many NAME...: greets up to 16 names at once, in a loop of its own that waits for whatever comes first.
#include <windows.h>

#include <plugbroker/plugbroker.h>
#include <stdio.h>
#include <string.h>

enum { most = 16 };

int main(int argc, char **argv) {
  plugbroker_client *client = NULL;
  plugbroker_operation *operations[most] = {NULL};
  HANDLE events[most];
  DWORD running = 0;
  int failures = 0;
  if (plugbroker_client_create(NULL, &client) != PLUGBROKER_OK) return 2;

  for (int i = 1; i < argc && running < most; ++i) {
    const plugbroker_status status =
        plugbroker_call_start(client, "greet", argv[i], strlen(argv[i]), NULL, NULL, NULL, &operations[running]);
    if (status == PLUGBROKER_OK) {
      events[running] = plugbroker_operation_event(operations[running]);
      ++running;
    } else {
      ++failures;
    }
  }

  while (running > 0) {
    // A host with windows would use MsgWaitForMultipleObjects here.
    const DWORD ended = WaitForMultipleObjects(running, events, FALSE, INFINITE);
    if (ended >= running) return 2;
    plugbroker_reply *reply = NULL;
    if (plugbroker_operation_result(operations[ended], &reply) == PLUGBROKER_OK) {
      printf("%.*s\n", (int)plugbroker_reply_size(reply), (const char *)plugbroker_reply_data(reply));
    } else {
      fprintf(stderr, "%s\n", plugbroker_reply_message(reply));
      ++failures;
    }
    plugbroker_reply_free(reply);
    plugbroker_operation_destroy(operations[ended]);
    --running;
    operations[ended] = operations[running];
    events[ended] = events[running];
  }

  plugbroker_client_destroy(client);
  return failures == 0 ? 0 : 1;
}
