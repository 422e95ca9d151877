// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <windows.h>

#include <cstddef>
#include <string>
#include <vector>

#include "broker_core/base/result.h"
#include "broker_core/runtime/worker_token.h"
#include "broker_core/win/local_memory.h"
#include "broker_core/win/unique_handle.h"

namespace plugbroker::win {

[[nodiscard]] Result<UniqueHandle> open_own_token(DWORD access);

/// What GetTokenInformation gives, as bytes aligned for any structure.
[[nodiscard]] Result<std::vector<std::byte>> token_information(HANDLE token, TOKEN_INFORMATION_CLASS what);

/// "S-1-5-…"
[[nodiscard]] Result<std::string> sid_text(PSID sid);
/// The SID of such a text.
[[nodiscard]] Result<LocalMemory> parse_sid(const std::string& text);
[[nodiscard]] Result<std::string> token_user_sid(HANDLE token);

/// The mandatory level, such as SECURITY_MANDATORY_MEDIUM_RID.
[[nodiscard]] Result<DWORD> token_integrity(HANDLE token);

/// The privileges that the token holds, on or off, by name.
[[nodiscard]] Result<std::vector<std::string>> token_privileges(HANDLE token);

/// All that a worker's token is checked by. Needs TOKEN_QUERY.
[[nodiscard]] Result<runtime::TokenFacts> token_facts(HANDLE token);

/// The number of the Windows session that it belongs to; 0 is that of the services.
[[nodiscard]] Result<DWORD> token_session(HANDLE token);

}  // namespace plugbroker::win
