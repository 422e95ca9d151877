// SPDX-License-Identifier: Apache-2.0
// chapters FILE: has the route markdown.chapters render a Markdown file and prints each chapter as soon as it comes.
#include <plugbroker/plugbroker.h>
#include <stdio.h>

static plugbroker_status print_chapters(plugbroker_stream *stream) {
  plugbroker_message *chapter = NULL;
  plugbroker_status status = plugbroker_stream_read(stream, &chapter);
  while (status == PLUGBROKER_OK && chapter != NULL) {
    printf("%.*s\n", (int)plugbroker_message_size(chapter), (const char *)plugbroker_message_data(chapter));
    plugbroker_message_free(chapter);
    status = plugbroker_stream_read(stream, &chapter);
  }
  return status;
}

int main(int argc, char **argv) {
  static char text[1 << 20];
  FILE *file = argc > 1 ? fopen(argv[1], "rb") : NULL;
  if (file == NULL) return 2;
  const size_t size = fread(text, 1, sizeof text, file);
  fclose(file);

  plugbroker_client *client = NULL;
  plugbroker_stream *stream = NULL;
  plugbroker_reply *reply = NULL;
  if (plugbroker_client_create(NULL, &client) != PLUGBROKER_OK) return 2;
  plugbroker_status status = plugbroker_stream_open(client, "markdown.chapters", NULL, &stream);
  if (status == PLUGBROKER_OK) status = plugbroker_stream_write(stream, text, size);
  if (status == PLUGBROKER_OK) status = plugbroker_stream_close_write(stream);
  if (status == PLUGBROKER_OK) status = print_chapters(stream);
  if (status != PLUGBROKER_OK && stream != NULL) {
    plugbroker_stream_result(stream, &reply);
    fprintf(stderr, "%s: %s\n", plugbroker_status_name(status), plugbroker_reply_message(reply));
  }

  plugbroker_reply_free(reply);
  plugbroker_stream_destroy(stream);
  plugbroker_client_destroy(client);
  return status == PLUGBROKER_OK ? 0 : 1;
}
