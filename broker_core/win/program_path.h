// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "broker_core/base/result.h"

namespace plugbroker::win {

/// A pool's program as it may be started: an absolute path, as it is. Nothing is searched for, neither in PATH nor in
/// any folder. Batch files are refused: cmd.exe reads their arguments by rules of its own, so that quoting can't be
/// right.
[[nodiscard]] Result<std::wstring> program_path(const std::wstring& program);

}  // namespace plugbroker::win
