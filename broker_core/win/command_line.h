// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

namespace plugbroker::win {

/// One command line that CommandLineToArgvW and the C runtime take apart into exactly `arguments`.
///
/// The first is the program, in which a quotation mark can't be expressed: it must have none.
[[nodiscard]] std::wstring command_line(std::span<const std::wstring> arguments);

}  // namespace plugbroker::win
