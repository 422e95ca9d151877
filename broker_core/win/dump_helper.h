// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <windows.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "broker_core/base/status.h"
#include "broker_core/base/time.h"
#include "broker_core/win/launch_spec.h"

namespace plugbroker::win {

/// How the program that takes a dump ends. It is a program of its own because taking one can crash whoever does it.
enum class DumpExit : DWORD {
  done = 0,
  usage = 2,
  too_large = 10,
  no_process = 11,  ///< It can't be opened.
  no_file = 12,     ///< It can't be made.
  no_library = 13,  ///< There is no dbghelp.dll in the system's folder.
  failed = 14,      ///< MiniDumpWriteDump says no.
};

struct DumpRequest {
  DWORD process_id = 0;  ///< Of a process that the caller holds a handle to, so that no other can have the number.
  DumpKind kind = DumpKind::mini;
  std::filesystem::path file;  ///< Its folder is made if need be.
  std::uint64_t max_bytes = 0;
};

/// What the helper is started with: `helper` (the program, then further arguments), then
/// `PID mini|full MAX_BYTES FILE`.
[[nodiscard]] std::vector<std::wstring> dump_arguments(const std::vector<std::wstring>& helper,
                                                       const DumpRequest& request);

/// Lets the helper take a dump, and ends it when that takes longer than `timeout` or `stop` is signalled. Ok: the dump
/// is there. Else a sentence why not; a file may be left. Touches no file itself.
[[nodiscard]] Status take_dump(const std::vector<std::wstring>& helper, const DumpRequest& request, Duration timeout,
                               HANDLE stop);

}  // namespace plugbroker::win
