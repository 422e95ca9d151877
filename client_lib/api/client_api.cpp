// SPDX-License-Identifier: Apache-2.0
// The C interface. Nothing is thrown across it: each function turns what is thrown below it into a status.
// Here: clients, cancellation handles and what is said about the library.
#include <memory>
#include <new>
#include <string>

#include "client_lib/api/handles.h"
#include "client_lib/api/options.h"
#include "client_lib/api/reply.h"
#include "client_lib/core/library_version.h"

using plugbroker::StatusCode;
using plugbroker::client::Cancellation;
using plugbroker::client::Client;
using plugbroker::client::guarded;
using plugbroker::client::to_c;

namespace {

plugbroker_status refuse(const plugbroker_client_options& options, const plugbroker::Status& status) {
  if (options.log != nullptr) {
    const std::string text = "plugbroker_client_create: " + status.message;
    options.log(options.log_context, PLUGBROKER_LOG_ERROR, text.c_str());
  }
  return to_c(status.code);
}

plugbroker_status create(const plugbroker_client_options* given, plugbroker_client** out) {
  plugbroker_client_options options;
  const plugbroker::Status readable = plugbroker::client::read_options(given, options);
  if (!readable.ok()) return to_c(readable.code);
  auto checked = plugbroker::client::client_options(options);
  if (!checked.ok()) return refuse(options, checked.status());
  auto handle = std::make_unique<plugbroker_client>();
  auto made = Client::create(std::move(checked).value());
  if (!made.ok()) return refuse(options, made.status());
  handle->client = *made;
  *out = handle.release();
  return PLUGBROKER_OK;
}

}  // namespace

extern "C" {

plugbroker_status plugbroker_client_create(const plugbroker_client_options* options, plugbroker_client** client) {
  if (client == nullptr) return PLUGBROKER_INVALID_ARGUMENT;
  *client = nullptr;
  return guarded([&] { return create(options, client); });
}

plugbroker_status plugbroker_client_destroy(plugbroker_client* client) {
  if (client == nullptr) return PLUGBROKER_OK;
  if (plugbroker::client::on_guest_thread()) return PLUGBROKER_FAILED_PRECONDITION;
  client->client->destroy();
  delete client;
  return PLUGBROKER_OK;
}

plugbroker_status plugbroker_cancellation_create(plugbroker_cancellation** cancellation) {
  if (cancellation == nullptr) return PLUGBROKER_INVALID_ARGUMENT;
  *cancellation = new (std::nothrow) plugbroker_cancellation{new (std::nothrow) Cancellation};
  if (*cancellation != nullptr && (*cancellation)->shared != nullptr) return PLUGBROKER_OK;
  delete *cancellation;
  *cancellation = nullptr;
  return PLUGBROKER_RESOURCE_EXHAUSTED;
}

void plugbroker_cancellation_cancel(plugbroker_cancellation* cancellation) {
  if (cancellation != nullptr) cancellation->shared->cancel();
}

void plugbroker_cancellation_destroy(plugbroker_cancellation* cancellation) {
  if (cancellation == nullptr) return;
  cancellation->shared->release();
  delete cancellation;
}

const char* plugbroker_status_name(plugbroker_status status) {
  if (status < 0 || status > plugbroker::highest_status_code) return "unrecognised";
  return plugbroker::to_string(static_cast<StatusCode>(status)).data();
}

const char* plugbroker_version(void) {
  return plugbroker::client::library_version;
}

}  // extern "C"
