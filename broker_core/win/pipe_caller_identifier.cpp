// SPDX-License-Identifier: Apache-2.0
#include "broker_core/win/pipe_caller_identifier.h"

#include <windows.h>

#include "broker_core/base/assert.h"
#include "broker_core/win/token_information.h"
#include "broker_core/win/windows_error.h"

namespace plugbroker::win {
namespace {

constexpr std::string_view anonymous_sid = "S-1-5-7";

Result<UniqueHandle> pipe_client_token(HANDLE pipe) {
  const BOOL impersonated = ImpersonateNamedPipeClient(pipe);
  const DWORD impersonate_error = GetLastError();
  if (!impersonated) return windows_error(impersonate_error, "ImpersonateNamedPipeClient", std::string_view{});
  HANDLE opened = nullptr;
  const BOOL done = OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &opened);
  const DWORD open_error = GetLastError();
  const BOOL reverted = RevertToSelf();
  PLUGBROKER_ASSERT(reverted != FALSE);
  if (!done && open_error == ERROR_CANT_OPEN_ANONYMOUS) {
    return {StatusCode::unauthenticated, "the client connected anonymously"};
  }
  if (!done) return windows_error(open_error, "OpenThreadToken", std::string_view{});
  return UniqueHandle(opened);
}

}  // namespace

Result<std::string> pipe_client_sid(HANDLE pipe) {
  const auto token = pipe_client_token(pipe);
  if (!token.ok()) return token.status();
  // A token of a lower level than identification says nothing that may be relied on.
  const auto level = token_information(token->get(), TokenImpersonationLevel);
  if (!level.ok()) return level.status();
  if (*reinterpret_cast<const SECURITY_IMPERSONATION_LEVEL*>(level->data()) < SecurityIdentification) {
    return {StatusCode::unauthenticated, "the client connected anonymously"};
  }
  auto sid = token_user_sid(token->get());
  if (sid.ok() && *sid == anonymous_sid) return {StatusCode::unauthenticated, "the client connected anonymously"};
  return sid;
}

engine::CallerIdentified PipeCallerIdentifier::identify(ConnectionId connection) {
  engine::CallerIdentified identified;
  identified.connection = connection;
  const HANDLE pipe = transport_.pipe_of(connection);
  if (pipe == nullptr) {
    identified.result = {StatusCode::unavailable, "the connection is closed"};
    return identified;
  }
  const auto sid = pipe_client_sid(pipe);
  if (!sid.ok()) {
    identified.result = sid.status();
    return identified;
  }
  identified.sid = *sid;
  identified.account = names_.find(*sid);
  identified.allowed_routes.assign(route_count_, true);
  return identified;
}

}  // namespace plugbroker::win
