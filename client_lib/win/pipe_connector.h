// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "client_lib/core/connect_failure.h"
#include "client_lib/win/server_owner.h"
#include "client_lib/win/unique_handle.h"

namespace plugbroker::client {

/// Which pipe, and who must own it.
struct ConnectTarget {
  std::string pipe_name;  ///< is_local_pipe_name() holds.
  std::wstring pipe_name_utf16;
  std::string service_name;
  std::wstring service_name_utf16;
  TrustedOwners owners;
};

/// Either a pipe whose owner was found trusted, or the failure.
struct ConnectAttempt {
  UniqueHandle pipe;  ///< Overlapped.
  ConnectFailure failure;
  std::string trusted_by_option;  ///< The owner, when only an option makes it trusted.
};

/// One attempt; never waits for an instance (WaitNamedPipe could not be interrupted). The server gets to see this
/// user's identity, and can't act as this user.
[[nodiscard]] ConnectAttempt connect_pipe(const ConnectTarget& target);

}  // namespace plugbroker::client
