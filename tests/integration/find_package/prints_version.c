/* SPDX-License-Identifier: Apache-2.0 */
#include <plugbroker/plugbroker.h>
#include <stdio.h>

int main(void) {
  plugbroker_client *client = NULL;
  if (plugbroker_client_create(NULL, &client) != PLUGBROKER_OK) return 1;
  plugbroker_client_destroy(client);
  printf("version %s\n", plugbroker_version());
  return 0;
}
