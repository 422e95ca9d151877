// SPDX-License-Identifier: Apache-2.0
#include "installer/admin_status.h"

#define PLUGBROKER_VERSIONED_NAMES_ONLY
#include "plugbroker/plugbroker.hpp"

namespace plugbroker::installer {
namespace {

constexpr std::chrono::seconds patience{5};
constexpr std::uint64_t largest_status = 64ull * 1024 * 1024;

void PLUGBROKER_ABI take_line(void* context, std::int32_t, const char* text) {
  *static_cast<std::string*>(context) = text;
}

}  // namespace

Result<std::string> ask_status(const AdminPipe& admin_pipe) {
  std::string last_line;  // Why a client could not be made is said there only.
  v1::ClientOptions options;
  options.pipe_name = admin_pipe.pipe;
  options.service_name = admin_pipe.service_name;
  options.trusted_owners = admin_pipe.trusted_owner;
  options.user_name = "plugbroker-install";
  options.max_payload_bytes = largest_status;
  options.log = &take_line;
  options.log_context = &last_line;
  const v1::Result<v1::Client> client = v1::Client::create(options);
  if (!client) {
    const v1::Error error = client.error();
    return {static_cast<StatusCode>(error.status), last_line.empty() ? error.message : last_line};
  }
  v1::CallOptions call;
  call.deadline = patience;
  const v1::Result<v1::Reply> reply = client->call("status", std::string_view{}, call);
  if (!reply) return {static_cast<StatusCode>(reply.error().status), reply.error().message};
  return std::string{reply->text()};
}

}  // namespace plugbroker::installer
