// SPDX-License-Identifier: Apache-2.0
// The C interface: calls that wait on the caller's thread.
#include "client_lib/api/handles.h"
#include "client_lib/api/options.h"
#include "client_lib/api/reply.h"

using plugbroker::Status;
using plugbroker::StatusCode;
using plugbroker::client::Call;
using plugbroker::client::CallOutcome;
using plugbroker::client::into_reply;
using plugbroker::client::ReplyPool;

namespace {

ReplyPool* pool_of(plugbroker_client* client) noexcept {
  return client == nullptr ? nullptr : &client->client->replies();
}

void run_call(plugbroker_client* client, const char* route, const void* request, size_t size,
              const plugbroker_call_options* options, CallOutcome& outcome) {
  plugbroker::client::CallRequest asked;
  Status wrong = plugbroker::client::read_call(route, options, asked);
  if (client == nullptr) wrong = {StatusCode::invalid_argument, "client is NULL"};
  if (wrong.ok() && request == nullptr && size != 0) {
    wrong = {StatusCode::invalid_argument, "request is NULL, but its size is not zero"};
  }
  if (!wrong.ok()) {
    outcome.fail(wrong.code, wrong.message);
    return;
  }
  Call call(outcome);
  call.head = asked.head;
  call.request.borrow(plugbroker::client::bytes_of(request, size));
  asked.limits.apply(call);
  client->client->run(call, asked.limits.timeout, asked.cancellation);
}

void wait_for_ready(plugbroker_client* client, int64_t timeout_us, CallOutcome& outcome) {
  const auto timeout = plugbroker::client::call_timeout(timeout_us);
  if (client == nullptr) {
    outcome.fail(StatusCode::invalid_argument, "client is NULL");
  } else if (timeout_us == 0) {
    outcome.fail(StatusCode::invalid_argument, "timeout_us is zero");
  } else if (!timeout.ok()) {
    outcome.fail(timeout.status().code, timeout.status().message);
  } else {
    Call call(outcome);
    call.kind = plugbroker::client::CallKind::readiness;
    client->client->run(call, *timeout, nullptr);
  }
}

}  // namespace

extern "C" {

plugbroker_status plugbroker_call(plugbroker_client* client, const char* route, const void* request,
                                  size_t request_size, const plugbroker_call_options* options,
                                  plugbroker_reply** reply) {
  return into_reply(pool_of(client), reply,
                    [&](CallOutcome& outcome) { run_call(client, route, request, request_size, options, outcome); });
}

plugbroker_status plugbroker_client_wait_for_ready(plugbroker_client* client, int64_t timeout_us,
                                                   plugbroker_reply** reply) {
  return into_reply(pool_of(client), reply, [&](CallOutcome& outcome) { wait_for_ready(client, timeout_us, outcome); });
}

}  // extern "C"
