// SPDX-License-Identifier: Apache-2.0
#include "broker_core/win/known_folders.h"

#include <windows.h>

#include <shlobj.h>

#include <string>

namespace plugbroker::win {
namespace {

Result<std::filesystem::path> known_folder(const KNOWNFOLDERID& id, const char* name) {
  wchar_t* text = nullptr;
  const HRESULT result = SHGetKnownFolderPath(id, 0, nullptr, &text);
  std::filesystem::path path = result == S_OK ? std::filesystem::path{text} : std::filesystem::path{};
  CoTaskMemFree(text);
  if (path.empty()) {
    return {StatusCode::failed_precondition, std::string{"the system does not say where "} + name + " is"};
  }
  return path;
}

}  // namespace

Result<std::filesystem::path> program_data_folder() {
  return known_folder(FOLDERID_ProgramData, "%ProgramData%");
}

Result<std::filesystem::path> local_app_data_folder() {
  return known_folder(FOLDERID_LocalAppData, "%LOCALAPPDATA%");
}

}  // namespace plugbroker::win
