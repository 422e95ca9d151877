// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <windows.h>

#include <string>
#include <string_view>
#include <vector>

#include "broker_core/base/result.h"

namespace plugbroker::client {

/// Whose pipes this client talks to.
struct TrustedOwners {
  std::vector<std::string> built_in;  ///< The service's SID and SYSTEM.
  std::vector<std::string> further;   ///< By option or environment, in the spelling of Windows.
};

enum class OwnerTrust { trusted, trusted_by_option, not_trusted };

/// Adds the owners named in `list` (see parse_trusted_owners) to `owners.further`. invalid_argument names the bad
/// entry.
[[nodiscard]] Status add_further_owners(std::string_view list, TrustedOwners& owners);

/// The trusted owners for a service of that name, the option's text and PLUGBROKER_TRUSTED_OWNERS of the environment.
[[nodiscard]] Result<TrustedOwners> trusted_owners(std::string_view service_name, std::string_view option);

/// The SID in text of the owner of a pipe; `pipe` must have been opened with READ_CONTROL.
[[nodiscard]] Result<std::string> owner_of(HANDLE pipe);

[[nodiscard]] OwnerTrust trust_in(std::string_view owner, const TrustedOwners& owners) noexcept;

}  // namespace plugbroker::client
