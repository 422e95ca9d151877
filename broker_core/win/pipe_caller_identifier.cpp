// SPDX-License-Identifier: Apache-2.0
#include "broker_core/win/pipe_caller_identifier.h"

#include <windows.h>

#include <functional>
#include <optional>

#include "broker_core/base/assert.h"
#include "broker_core/win/process_image.h"
#include "broker_core/win/token_information.h"
#include "broker_core/win/windows_error.h"

namespace plugbroker::win {
namespace {

constexpr std::string_view anonymous_sid = "S-1-5-7";

/// Of any level.
Result<UniqueHandle> impersonation_token(HANDLE pipe) {
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

template <typename T>
std::optional<std::uint32_t> number_of(const Result<T>& told) {
  return told.ok() ? std::optional<std::uint32_t>(*told) : std::nullopt;
}

}  // namespace

Result<UniqueHandle> pipe_client_token(HANDLE pipe) {
  auto token = impersonation_token(pipe);
  if (!token.ok()) return token;
  // A token of a lower level than identification says nothing that may be relied on.
  const auto level = token_information(token->get(), TokenImpersonationLevel);
  if (!level.ok()) return level.status();
  if (*reinterpret_cast<const SECURITY_IMPERSONATION_LEVEL*>(level->data()) < SecurityIdentification) {
    return {StatusCode::unauthenticated, "the client connected anonymously"};
  }
  return token;
}

PipeCallerIdentifier::PipeCallerIdentifier(IocpTransport& transport, RouteAccess access, bool tell_names)
    : transport_(transport),
      access_(std::move(access)),
      names_(tell_names ? std::function<void()>([&transport] { transport.wake(); }) : nullptr) {}

engine::CallerIdentified PipeCallerIdentifier::identify(ConnectionId connection) {
  engine::CallerIdentified identified;
  identified.connection = connection;
  const HANDLE pipe = transport_.pipe_of(connection);
  if (pipe == nullptr) {
    identified.result = {StatusCode::unavailable, "the connection is closed"};
    return identified;
  }
  const auto token = pipe_client_token(pipe);
  if (!token.ok()) {
    identified.result = token.status();
    return identified;
  }
  const auto sid = token_user_sid(token->get());
  if (!sid.ok()) {
    identified.result = sid.status();
    return identified;
  }
  if (*sid == anonymous_sid) {
    identified.result = {StatusCode::unauthenticated, "the client connected anonymously"};
    return identified;
  }
  auto allowed = access_.allowed_to(token->get());
  if (!allowed.ok()) {
    identified.result = allowed.status();
    return identified;
  }
  identified.sid = *sid;
  identified.account = names_.find(*sid);
  identified.allowed_routes = std::move(allowed).value();
  identified.integrity = number_of(token_integrity(token->get()));
  identified.windows_session = number_of(token_session(token->get()));
  return identified;
}

std::string PipeCallerIdentifier::image_of(std::uint32_t process_id) {
  return process_image(process_id);
}

std::vector<engine::CallerNamed> PipeCallerIdentifier::take_names() {
  std::vector<engine::CallerNamed> named;
  for (AccountNames::Found& found : names_.take_found()) {
    named.push_back({std::move(found.sid), std::move(found.name)});
  }
  return named;
}

}  // namespace plugbroker::win
