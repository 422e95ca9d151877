// SPDX-License-Identifier: Apache-2.0
#include "client_lib/win/pipe_connector.h"

#include "client_lib/core/open_failure.h"
#include "client_lib/win/service_state.h"
#include "client_lib/win/text.h"

namespace plugbroker::client {

using Kind = ConnectFailureKind;

namespace {

ConnectFailure failure(Kind kind, std::string message) {
  return {kind, std::move(message), StatusCode::internal};
}

ConnectFailure open_failure(const ConnectTarget& target, DWORD error) {
  switch (error) {
    case ERROR_FILE_NOT_FOUND:
    case ERROR_PATH_NOT_FOUND:
      return no_such_pipe(target.pipe_name, target.service_name, service_state(target.service_name_utf16));
    case ERROR_PIPE_BUSY:
      return pipe_is_busy(target.pipe_name, target.service_name, service_state(target.service_name_utf16));
    case ERROR_ACCESS_DENIED:
      return failure(Kind::access_denied, "this user may not open the pipe " + target.pipe_name);
    default:
      break;
  }
  return failure(Kind::system_error, windows_error("CreateFile " + target.pipe_name, error));
}

}  // namespace

ConnectAttempt connect_pipe(const ConnectTarget& target) {
  ConnectAttempt attempt;
  UniqueHandle pipe(CreateFileW(target.pipe_name_utf16.c_str(), GENERIC_READ | GENERIC_WRITE, 0, nullptr, OPEN_EXISTING,
                                FILE_FLAG_OVERLAPPED | SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION, nullptr));
  const DWORD error = GetLastError();
  if (!pipe) {
    attempt.failure = open_failure(target, error);
    return attempt;
  }
  const auto owner = owner_of(pipe.get());
  if (!owner.ok()) {
    attempt.failure = failure(Kind::wrong_owner, "the owner of the pipe " + target.pipe_name + " can't be read (" +
                                                     owner.status().message + "): nothing was sent");
    return attempt;
  }
  switch (trust_in(*owner, target.owners)) {
    case OwnerTrust::not_trusted:
      attempt.failure = owner_is_not_trusted(target.pipe_name, *owner);
      return attempt;
    case OwnerTrust::trusted_by_option:
      attempt.trusted_by_option = *owner;
      break;
    case OwnerTrust::trusted:
      break;
  }
  attempt.pipe = std::move(pipe);
  return attempt;
}

}  // namespace plugbroker::client
