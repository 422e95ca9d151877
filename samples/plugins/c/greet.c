// SPDX-License-Identifier: Apache-2.0
#include <plugbroker/plugbroker.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv) {
  const char *name = argc > 1 ? argv[1] : "world";
  plugbroker_client *client = NULL;
  plugbroker_reply *reply = NULL;
  if (plugbroker_client_create(NULL, &client) != PLUGBROKER_OK) return 1;

  plugbroker_call_options options = plugbroker_call_options_default();
  options.deadline_us = 2000000;
  plugbroker_status status = plugbroker_call(client, "greet", name, strlen(name), &options, &reply);
  if (status == PLUGBROKER_OK)
    printf("%.*s\n", (int)plugbroker_reply_size(reply), (const char *)plugbroker_reply_data(reply));
  else
    fprintf(stderr, "%s: %s\n", plugbroker_status_name(status), plugbroker_reply_message(reply));

  plugbroker_reply_free(reply);
  plugbroker_client_destroy(client);
  return status == PLUGBROKER_OK ? 0 : 1;
}
