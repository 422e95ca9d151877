// SPDX-License-Identifier: Apache-2.0
#include "installer/folder_removal.h"

#include <windows.h>

#include <string>
#include <utility>
#include <vector>

namespace plugbroker::installer {
namespace {

constexpr std::size_t most_removed = 1'000'000;
constexpr int most_depth = 64;

class Removal {
 public:
  explicit Removal(WhenInUse when_in_use) : when_in_use_(when_in_use) {}

  bool folder(const std::filesystem::path& folder, int depth) {
    if (depth > most_depth) return false;
    // Listed first: a search that goes on while its folder changes may miss entries.
    std::vector<std::pair<std::filesystem::path, DWORD>> entries;
    WIN32_FIND_DATAW found{};
    const HANDLE search = FindFirstFileW((folder / L"*").c_str(), &found);
    if (search == INVALID_HANDLE_VALUE) return true;
    do {
      const std::wstring name = found.cFileName;
      if (name == L"." || name == L"..") continue;
      if (++count_ > most_removed) break;
      entries.emplace_back(folder / name, found.dwFileAttributes);
    } while (FindNextFileW(search, &found));
    FindClose(search);
    bool all_gone = count_ <= most_removed;
    for (const auto& [path, attributes] : entries) all_gone = entry(path, attributes, depth) && all_gone;
    return all_gone;
  }

  bool entry(const std::filesystem::path& path, DWORD attributes, int depth) {
    const bool is_folder = (attributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
    const bool is_link = (attributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0;
    if (is_folder && !is_link && !folder(path, depth + 1)) return false;
    if ((attributes & FILE_ATTRIBUTE_READONLY) != 0) SetFileAttributesW(path.c_str(), FILE_ATTRIBUTE_NORMAL);
    const BOOL removed = is_folder ? RemoveDirectoryW(path.c_str()) : DeleteFileW(path.c_str());
    if (!removed && when_in_use_ == WhenInUse::remove_at_start) {
      MoveFileExW(path.c_str(), nullptr, MOVEFILE_DELAY_UNTIL_REBOOT);
    }
    return removed != FALSE;
  }

 private:
  WhenInUse when_in_use_;
  std::size_t count_ = 0;
};

}  // namespace

bool remove_folder_tree(const std::filesystem::path& folder, WhenInUse when_in_use) {
  const DWORD attributes = GetFileAttributesW(folder.c_str());
  if (attributes == INVALID_FILE_ATTRIBUTES) return true;
  return Removal{when_in_use}.entry(folder, attributes, 0);
}

}  // namespace plugbroker::installer
