/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A loadable extension for SQLite that calls PlugBroker routes from SQL:
 *
 *   .load broker
 *   SELECT broker_call('text.stats', readfile('README.md'));
 *   SELECT broker_call('markdown.to_html', '# Hello', 2000);   -- at most 2,000 ms
 *
 * broker_call(ROUTE, REQUEST [, DEADLINE_MS]) sends REQUEST (text, blob, or NULL for nothing) and returns the reply: as
 * text when the worker says that it is text or JSON, as a blob otherwise. A call that fails is an SQL error with the
 * name of the status and its message, such as "not_found: there is no route 'nope'".
 *
 * Each database connection has one client of its own, made by the first call. The environment variables
 * BROKER_EXTENSION_PIPE and BROKER_EXTENSION_SERVICE name another service than the default one.
 */
#include <sqlite3ext.h>
SQLITE_EXTENSION_INIT1

#include <plugbroker/plugbroker.h>
#include <stdlib.h>
#include <string.h>

/* What one database connection has. */
typedef struct broker_connection {
  plugbroker_client *client; /* NULL until the first call */
} broker_connection;

/* Shown by the shell after ".log stderr". */
static void log_line(void *context, int32_t level, const char *text) {
  (void)context;
  sqlite3_log(level >= PLUGBROKER_LOG_WARNING ? SQLITE_WARNING : SQLITE_NOTICE, "plugbroker: %s", text);
}

static plugbroker_status ensure_client(broker_connection *connection) {
  if (connection->client != NULL) return PLUGBROKER_OK;
  plugbroker_client_options options = plugbroker_client_options_default();
  options.pipe_name = getenv("BROKER_EXTENSION_PIPE");
  options.service_name = getenv("BROKER_EXTENSION_SERVICE");
  options.user_name = "sqlite_extension";
  options.log = log_line;
  return plugbroker_client_create(&options, &connection->client);
}

static int is_text(const char *content_type) {
  return strncmp(content_type, "text/", 5) == 0 || strncmp(content_type, "application/json", 16) == 0;
}

static void result_error(sqlite3_context *context, plugbroker_status status, const char *message) {
  char *text = sqlite3_mprintf("%s: %s", plugbroker_status_name(status), message);
  if (text == NULL) {
    sqlite3_result_error_nomem(context);
  } else {
    sqlite3_result_error(context, text, -1);
  }
  sqlite3_free(text);
}

static void result_reply(sqlite3_context *context, const plugbroker_reply *reply) {
  const void *data = plugbroker_reply_data(reply);
  const size_t size = plugbroker_reply_size(reply);
  if (is_text(plugbroker_reply_content_type(reply))) {
    sqlite3_result_text64(context, size == 0 ? "" : (const char *)data, size, SQLITE_TRANSIENT, SQLITE_UTF8);
  } else if (size == 0) {
    sqlite3_result_zeroblob(context, 0);
  } else {
    sqlite3_result_blob64(context, data, size, SQLITE_TRANSIENT);
  }
}

static void broker_call(sqlite3_context *context, int count, sqlite3_value **values) {
  broker_connection *connection = (broker_connection *)sqlite3_user_data(context);
  plugbroker_call_options options = plugbroker_call_options_default();
  if (count == 3) {
    const sqlite3_int64 milliseconds = sqlite3_value_int64(values[2]);
    if (milliseconds < 1 || milliseconds > PLUGBROKER_MAX_DEADLINE_US / 1000) {
      result_error(context, PLUGBROKER_INVALID_ARGUMENT, "the deadline is not between 1 ms and 24 h");
      return;
    }
    options.deadline_us = milliseconds * 1000;
  }
  const plugbroker_status made = ensure_client(connection);
  if (made != PLUGBROKER_OK) {
    result_error(context, made, "the client could not be made");
    return;
  }

  const char *route = (const char *)sqlite3_value_text(values[0]);
  /* For a text value too, this gives its UTF-8 bytes; NULL stays an empty request. */
  const void *request = sqlite3_value_blob(values[1]);
  const int size = sqlite3_value_bytes(values[1]);
  if (sqlite3_value_type(values[1]) == SQLITE_TEXT) options.content_type = "text/plain; charset=utf-8";

  plugbroker_reply *reply = NULL;
  const plugbroker_status status =
      plugbroker_call(connection->client, route == NULL ? "" : route, request, (size_t)size, &options, &reply);
  if (status == PLUGBROKER_OK) {
    result_reply(context, reply);
  } else {
    result_error(context, status, plugbroker_reply_message(reply));
  }
  plugbroker_reply_free(reply);
}

static void close_connection(void *pointer) {
  broker_connection *connection = (broker_connection *)pointer;
  plugbroker_client_destroy(connection->client);
  sqlite3_free(connection);
}

/* For the second function, which shares what the first one owns. */
static int add_function(sqlite3 *database, int arguments, broker_connection *connection, void (*destroy)(void *)) {
  return sqlite3_create_function_v2(database, "broker_call", arguments, SQLITE_UTF8 | SQLITE_DIRECTONLY, connection,
                                    broker_call, NULL, NULL, destroy);
}

#ifdef _WIN32
__declspec(dllexport)
#endif
int sqlite3_broker_init(sqlite3 *database, char **error, const sqlite3_api_routines *api) {
  SQLITE_EXTENSION_INIT2(api)
  broker_connection *connection = (broker_connection *)sqlite3_malloc((int)sizeof(*connection));
  if (connection == NULL) return SQLITE_NOMEM;
  connection->client = NULL;
  (void)error;
  /* On failure SQLite calls close_connection itself. */
  const int status = add_function(database, 2, connection, close_connection);
  return status != SQLITE_OK ? status : add_function(database, 3, connection, NULL);
}
