// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <windows.h>

#include <string>
#include <string_view>

#include "broker_core/base/status.h"

namespace plugbroker::win {

/// "CreateFileW C:\x.json: error 5: Access is denied" with the status code that fits the error.
///
/// `error` is GetLastError(), read on the line after the call; `call` is the name of the function, `object` what it was
/// called for (may be empty).
[[nodiscard]] Status windows_error(DWORD error, std::string_view call, std::string_view object);
[[nodiscard]] Status windows_error(DWORD error, std::string_view call, std::wstring_view object);

/// "error 5: Access is denied", or "error 5" when the system has no text for it.
[[nodiscard]] std::string error_text(DWORD error);

}  // namespace plugbroker::win
