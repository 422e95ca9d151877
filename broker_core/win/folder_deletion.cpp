// SPDX-License-Identifier: Apache-2.0
#include "broker_core/win/folder_deletion.h"

#include <windows.h>

#include <string_view>
#include <vector>

namespace plugbroker::win {
namespace {

namespace fs = std::filesystem;

struct FindHandle {
  explicit FindHandle(HANDLE opened) : handle(opened) {}
  FindHandle(const FindHandle&) = delete;
  FindHandle& operator=(const FindHandle&) = delete;
  ~FindHandle() {
    if (handle != INVALID_HANDLE_VALUE) FindClose(handle);
  }

  HANDLE handle;
};

bool is_gone(DWORD error) {
  return error == ERROR_FILE_NOT_FOUND || error == ERROR_PATH_NOT_FOUND;
}

bool delete_empty_folder_or_link(const fs::path& folder) {
  return RemoveDirectoryW(folder.c_str()) || is_gone(GetLastError());
}

bool delete_file_or_link(const fs::path& file, DWORD attributes) {
  if ((attributes & FILE_ATTRIBUTE_READONLY) != 0) SetFileAttributesW(file.c_str(), FILE_ATTRIBUTE_NORMAL);
  return DeleteFileW(file.c_str()) || is_gone(GetLastError());
}

/// Deletes what is in the folder but the folders below it, which are added to `below`.
bool delete_content(const fs::path& folder, std::vector<fs::path>& below) {
  WIN32_FIND_DATAW found{};
  const FindHandle search(FindFirstFileW((folder / L"*").c_str(), &found));
  if (search.handle == INVALID_HANDLE_VALUE) return is_gone(GetLastError());
  bool all = true;
  do {
    const std::wstring_view name = found.cFileName;
    if (name == L"." || name == L"..") continue;
    const fs::path path = folder / name;
    const bool is_folder = (found.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
    const bool is_link = (found.dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0;
    if (is_folder && !is_link) {
      below.push_back(path);
    } else {
      all = (is_folder ? delete_empty_folder_or_link(path) : delete_file_or_link(path, found.dwFileAttributes)) && all;
    }
  } while (FindNextFileW(search.handle, &found));
  return all;
}

}  // namespace

bool delete_folder(const fs::path& folder) {
  const DWORD attributes = GetFileAttributesW(folder.c_str());
  if (attributes == INVALID_FILE_ATTRIBUTES) return is_gone(GetLastError());
  if ((attributes & FILE_ATTRIBUTE_DIRECTORY) == 0) return delete_file_or_link(folder, attributes);
  if ((attributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0) return delete_empty_folder_or_link(folder);
  // Those above are before those below. No recursion: a worker may have made them as deep as it likes.
  std::vector<fs::path> pending{folder};
  bool all = true;
  for (std::size_t next = 0; next < pending.size(); ++next) {
    const fs::path current = pending[next];
    all = delete_content(current, pending) && all;
  }
  for (auto place = pending.rbegin(); place != pending.rend(); ++place) {
    all = delete_empty_folder_or_link(*place) && all;
  }
  return all;
}

}  // namespace plugbroker::win
