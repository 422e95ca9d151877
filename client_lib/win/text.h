// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <windows.h>

#include <string>
#include <string_view>

#include "broker_core/base/result.h"

namespace plugbroker::client {

/// invalid_argument when `utf8` isn't UTF-8.
[[nodiscard]] Result<std::wstring> to_utf16(std::string_view utf8);

/// Unpaired surrogates become U+FFFD.
[[nodiscard]] std::string to_utf8(std::wstring_view utf16);

/// "CreateFile: Windows error 5". Without Windows' own sentence, whose language depends on the host.
[[nodiscard]] std::string windows_error(std::string_view function, DWORD error);

}  // namespace plugbroker::client
