// SPDX-License-Identifier: Apache-2.0
#include "admin_cli/service_client.h"

#include <cstdio>
#include <string>

#include "broker_core/base/escaped_text.h"

#define PLUGBROKER_VERSIONED_NAMES_ONLY
#include "plugbroker/plugbroker.hpp"

namespace plugbroker::admin_cli {
namespace {

// Whatever the service's configuration allows a request or a reply to have.
constexpr std::uint64_t largest_payload = 1024ull * 1024 * 1024;
constexpr std::size_t longest_line = 2000;

struct LibraryLog {
  bool printed = false;
  std::string last;  ///< Why a client could not be made is said here only.
};

void PLUGBROKER_ABI take_line(void* context, std::int32_t, const char* text) {
  auto& log = *static_cast<LibraryLog*>(context);
  log.last = text;
  if (!log.printed) return;
  std::fprintf(stderr, "plugbrokerctl: %s\n", escaped_text(text, EscapeStyle::plain, longest_line).c_str());
}

CallFailure failure_of(const v1::Error& error) {
  return {.code = static_cast<StatusCode>(error.status),
          .origin = static_cast<Origin>(error.origin),
          .retry = static_cast<RetryClass>(error.retry),
          .worker_received = error.worker_received,
          .retry_after = error.retry_after,
          .message = error.message};
}

}  // namespace

CallOutcome call_service(const ControlCommand& command, const std::string& route, const std::string& request) {
  LibraryLog log{.printed = command.verbose, .last = {}};
  v1::ClientOptions options;
  options.pipe_name = command.pipe;
  options.service_name = command.service_name;
  options.trusted_owners = command.trusted_owners;
  options.user_name = "plugbrokerctl";
  options.max_payload_bytes = largest_payload;
  options.log = &take_line;
  options.log_context = &log;
  const v1::Result<v1::Client> client = v1::Client::create(options);
  if (!client) {
    CallFailure failure = failure_of(client.error());
    if (!log.last.empty()) failure.message = log.last;
    return failure;
  }

  v1::CallOptions call;
  call.deadline = command.deadline;
  const v1::Result<v1::Reply> reply = client->call(route.c_str(), request, call);
  if (!reply) return failure_of(reply.error());
  return std::string{reply->text()};
}

std::string client_version() {
  return plugbroker_version();
}

}  // namespace plugbroker::admin_cli
