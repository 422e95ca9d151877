// SPDX-License-Identifier: Apache-2.0
#include "client_lib/api/options.h"

#include "broker_core/base/utf8.h"
#include "client_lib/core/call_retry.h"
#include "client_lib/core/pipe_name.h"
#include "client_lib/core/trace_context.h"
#include "client_lib/win/text.h"

namespace plugbroker::client {

namespace {

constexpr std::size_t longest_user_name = 40;

}  // namespace

Result<ClientOptions> client_options(const plugbroker_client_options& given) {
  ClientOptions options;
  ConnectTarget& target = options.target;
  target.pipe_name = text_or(given.pipe_name, default_pipe_name);
  target.service_name = text_or(given.service_name, default_service_name);
  if (!is_local_pipe_name(target.pipe_name)) {
    return {StatusCode::invalid_argument, R"(pipe_name is not of the form \\.\pipe\name)"};
  }
  auto pipe_name = to_utf16(target.pipe_name);
  if (!pipe_name.ok()) return {StatusCode::invalid_argument, "pipe_name: " + pipe_name.status().message};
  target.pipe_name_utf16 = std::move(pipe_name).value();

  auto owners = trusted_owners(target.service_name, text_or(given.trusted_owners, {}));
  if (!owners.ok()) return owners.status();
  target.owners = std::move(owners).value();
  auto service_name = to_utf16(target.service_name);
  if (!service_name.ok()) return {StatusCode::invalid_argument, "service_name: " + service_name.status().message};
  target.service_name_utf16 = std::move(service_name).value();

  options.user_name = clip_utf8(text_or(given.user_name, {}), longest_user_name);
  options.log = given.log;
  options.log_context = given.log_context;
  if (given.max_payload_bytes != 0) options.max_payload_bytes = given.max_payload_bytes;
  if (given.max_pending_bytes != 0) options.max_pending_bytes = given.max_pending_bytes;
  return options;
}

Status read_call(const char* route, const plugbroker_call_options* given, CallRequest& request) {
  if (route == nullptr) return {StatusCode::invalid_argument, "route is NULL"};
  plugbroker_call_options options;
  if (Status status = read_options(given, options); !status.ok()) return status;
  const auto timeout = call_timeout(options.deadline_us);
  if (!timeout.ok()) return timeout.status();
  if (options.retry_attempts > CallRetry::max_retries) {
    return {StatusCode::invalid_argument, "retry_attempts is more than 5"};
  }
  if (options.wait_for_ready > 1) return {StatusCode::invalid_argument, "wait_for_ready is neither 0 nor 1"};
  if (options.metadata == nullptr && options.metadata_count != 0) {
    return {StatusCode::invalid_argument, "metadata is NULL, but its count is not zero"};
  }
  for (std::size_t i = 0; i < options.metadata_count; ++i) {
    const plugbroker_metadata& pair = options.metadata[i];
    if (Status status = request.metadata.add(text_or(pair.key, {}), text_or(pair.value, {})); !status.ok()) {
      return status;
    }
  }
  if (options.traceparent != nullptr) {
    const auto traceparent = parse_traceparent(options.traceparent);
    if (!traceparent) return {StatusCode::invalid_argument, "traceparent is not of the form 00-...-...-.."};
    request.traceparent = *traceparent;
    request.head.traceparent = request.traceparent;
  }
  request.head.route = route;
  request.head.content_type = text_or(options.content_type, {});
  request.head.idempotency_key = text_or(options.idempotency_key, {});
  request.head.tracestate = text_or(options.tracestate, {});
  request.head.app_metadata = request.metadata.view();
  request.limits = {*timeout, options.retry_attempts, options.wait_for_ready != 0};
  request.cancellation = options.cancellation == nullptr ? nullptr : options.cancellation->shared;
  return {};
}

Result<Duration> call_timeout(std::int64_t deadline_us) {
  if (deadline_us == 0) return Duration{PLUGBROKER_DEFAULT_DEADLINE_US};
  if (deadline_us < 0 || deadline_us > PLUGBROKER_MAX_DEADLINE_US) {
    return {StatusCode::invalid_argument, "a deadline is 1 microsecond to 24 hours"};
  }
  return Duration{deadline_us};
}

}  // namespace plugbroker::client
