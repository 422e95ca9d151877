// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "broker_core/base/result.h"
#include "broker_core/runtime/worker_token.h"
#include "broker_core/win/launch_spec.h"
#include "broker_core/win/unique_handle.h"

namespace plugbroker::win {

/// By what rules the workers of this service are confined.
struct ConfinementRules {
  std::string service_name;            ///< The SIDs of pools are made of it.
  std::filesystem::path sandbox_root;  ///< Below it each sandboxed pool has a folder; made if missing.
  runtime::TokenCheck token_check = runtime::TokenCheck::strict;
};

/// A worker's token, and where a sandboxed one may write.
struct Confinement {
  runtime::TokenRequest request;
  UniqueHandle token;  ///< None: the service's own is inherited.
  std::wstring temporary_folder;
  std::wstring data_folder;  ///< Empty like the other: it has none of its own.
};

/// The SID of a pool: that of a service named `<service>\<pool>`, which can't be one since services' names have no
/// backslash. `sc showsid SERVICE\POOL` prints it. Case does not matter.
[[nodiscard]] Result<std::string> pool_sid(std::string_view service_name, std::string_view pool);

/// Makes the token for one worker out of this process's own, and the folders of a sandboxed pool.
[[nodiscard]] Result<Confinement> confine(const LaunchSpec& spec, const ConfinementRules& rules);

/// Reads the token of a process that has not run yet back. What is missing of what was asked for, a sentence each.
[[nodiscard]] Result<std::vector<std::string>> confinement_shortfalls(const Confinement& asked, HANDLE process);

}  // namespace plugbroker::win
