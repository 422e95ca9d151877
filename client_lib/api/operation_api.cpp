// SPDX-License-Identifier: Apache-2.0
// The C interface: calls that nobody waits for.
#include "client_lib/api/handles.h"
#include "client_lib/api/options.h"
#include "client_lib/api/reply.h"

using plugbroker::Duration;
using plugbroker::client::bytes_of;
using plugbroker::client::from_c;
using plugbroker::client::guarded;
using plugbroker::client::on_guest_thread;
using plugbroker::client::Operation;
using plugbroker::client::to_c;

extern "C" {

plugbroker_status plugbroker_call_start(plugbroker_client* client, const char* route, const void* request,
                                        size_t request_size, const plugbroker_call_options* options,
                                        plugbroker_call_callback callback, void* context,
                                        plugbroker_operation** operation) {
  if (operation != nullptr) *operation = nullptr;
  if (client == nullptr || (request == nullptr && request_size != 0)) return PLUGBROKER_INVALID_ARGUMENT;
  if (callback == nullptr && operation == nullptr) return PLUGBROKER_INVALID_ARGUMENT;
  return guarded([&]() -> plugbroker_status {
    plugbroker::client::CallRequest asked;
    const plugbroker::Status wrong = plugbroker::client::read_call(route, options, asked);
    if (!wrong.ok()) return to_c(wrong.code);
    const auto started = Operation::start(*client->client, asked.head, bytes_of(request, request_size), asked.limits,
                                          asked.cancellation, callback, context, operation != nullptr);
    if (!started.ok()) return to_c(started.status().code);
    if (operation != nullptr) *operation = to_c(*started);
    return PLUGBROKER_OK;
  });
}

void* plugbroker_operation_event(plugbroker_operation* operation) {
  return operation == nullptr ? nullptr : from_c(operation)->event();
}

plugbroker_status plugbroker_operation_wait(plugbroker_operation* operation, int64_t timeout_us) {
  if (operation == nullptr || timeout_us < 0 || timeout_us > PLUGBROKER_MAX_DEADLINE_US) {
    return PLUGBROKER_INVALID_ARGUMENT;
  }
  if (on_guest_thread()) return PLUGBROKER_FAILED_PRECONDITION;
  return from_c(operation)->wait(Duration{timeout_us}) ? PLUGBROKER_OK : PLUGBROKER_DEADLINE_EXCEEDED;
}

plugbroker_status plugbroker_operation_result(plugbroker_operation* operation, plugbroker_reply** reply) {
  if (reply == nullptr) return PLUGBROKER_INVALID_ARGUMENT;
  *reply = operation == nullptr ? nullptr : from_c(operation)->take_reply();
  if (operation == nullptr) return PLUGBROKER_INVALID_ARGUMENT;
  return *reply == nullptr ? PLUGBROKER_FAILED_PRECONDITION : plugbroker_reply_status(*reply);
}

void plugbroker_operation_cancel(plugbroker_operation* operation) {
  if (operation != nullptr) from_c(operation)->cancel();
}

void plugbroker_operation_destroy(plugbroker_operation* operation) {
  if (operation != nullptr) from_c(operation)->destroy();
}

}  // extern "C"
