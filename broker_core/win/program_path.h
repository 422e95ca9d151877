// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "broker_core/base/result.h"

namespace plugbroker::win {

/// The full path of a pool's program.
///
/// An absolute path stays; a relative one is relative to `working_directory`, which must then be absolute; a bare name
/// without a folder is looked up in `path_variable` (the worker's PATH), with ".exe" added when it has no extension,
/// and never in the current folder. Batch files are refused: cmd.exe reads their arguments by rules of its own, so that
/// quoting can't be right.
[[nodiscard]] Result<std::wstring> program_path(const std::wstring& program, const std::wstring& working_directory,
                                                const std::wstring& path_variable);

}  // namespace plugbroker::win
