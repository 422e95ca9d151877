// SPDX-License-Identifier: Apache-2.0
#include "service/data_folders.h"

#include <windows.h>

#include <system_error>
#include <utility>

#include "broker_core/win/known_folders.h"
#include "broker_core/win/random_bytes.h"
#include "broker_core/win/unique_handle.h"
#include "broker_core/win/utf16.h"
#include "broker_core/win/windows_error.h"
#include "service/service_identity.h"

namespace plugbroker::service {
namespace {

Result<std::filesystem::path> below(Result<std::filesystem::path> folder, std::wstring_view name) {
  if (!folder) return folder;
  return *folder / name;
}

Result<std::filesystem::path> folder_of_pipe(std::wstring_view kind, std::string_view pipe, bool for_console) {
  Result<std::filesystem::path> data =
      for_console ? below(win::local_app_data_folder(), data_folder) : data_folder_path();
  const std::size_t name = pipe.find_last_of('\\') + 1;
  return below(below(std::move(data), kind), win::to_utf16(pipe.substr(name)));
}

// Makes a file in the folder and deletes it again: rights can't be told from the folder alone.
Status try_folder(const std::filesystem::path& folder, bool make) {
  std::error_code error;
  if (make) std::filesystem::create_directories(folder, error);
  const std::filesystem::path file = folder / (win::random_name() + L".tmp");
  const win::UniqueHandle made{CreateFileW(file.c_str(), GENERIC_WRITE | DELETE, 0, nullptr, CREATE_NEW,
                                           FILE_ATTRIBUTE_HIDDEN | FILE_FLAG_DELETE_ON_CLOSE, nullptr)};
  const DWORD failure = GetLastError();
  return made ? Status{} : win::windows_error(failure, "CreateFileW", std::wstring_view{file.native()});
}

}  // namespace

Result<std::filesystem::path> data_folder_path() {
  return below(win::program_data_folder(), data_folder);
}

Result<std::filesystem::path> default_config_path() {
  return below(data_folder_path(), config_file);
}

Result<std::filesystem::path> default_log_folder() {
  return below(data_folder_path(), log_folder);
}

Result<std::filesystem::path> default_evidence_folder() {
  return below(data_folder_path(), evidence_folder);
}

Result<std::filesystem::path> shadow_folder_path(std::string_view pipe, bool for_console) {
  return folder_of_pipe(shadow_folder, pipe, for_console);
}

Result<std::filesystem::path> sandbox_folder_path(std::string_view pipe, bool for_console) {
  return folder_of_pipe(sandbox_folder, pipe, for_console);
}

Result<std::filesystem::path> usable_lock_folder(bool for_console) {
  Result<std::filesystem::path> shared = below(data_folder_path(), lock_folder);
  if (!shared) return shared;
  // A console run leaves the folder for the installer to make, which protects it.
  const Status status = try_folder(*shared, !for_console);
  if (status.ok()) return shared;
  if (!for_console) return status;
  Result<std::filesystem::path> own = below(below(win::local_app_data_folder(), data_folder), lock_folder);
  if (!own) return own;
  if (Status own_status = try_folder(*own, true); !own_status.ok()) return own_status;
  return own;
}

}  // namespace plugbroker::service
