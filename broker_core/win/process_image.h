// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <windows.h>

#include <string>

namespace plugbroker::win {

/// The path of the program that a process runs, in UTF-8, for logs. Of a path of more than limits::max_image_bytes the
/// end, which has the program's name. Empty when it can't be told, or there is no such process.
[[nodiscard]] std::string process_image(DWORD process_id);

/// The same without opening the process, which a service's account may not do with those of other users: as the system
/// names the file (`\Device\HarddiskVolume3\…`). What process_image() does when it may not open the process.
[[nodiscard]] std::string process_image_by_number(DWORD process_id);

}  // namespace plugbroker::win
