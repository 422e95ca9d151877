// SPDX-License-Identifier: Apache-2.0
#include "installer/file_changes.h"

#include <windows.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <sstream>
#include <system_error>

#include "broker_core/win/unique_handle.h"
#include "broker_core/win/utf16.h"
#include "broker_core/win/windows_error.h"

namespace plugbroker::installer {
namespace {

constexpr std::size_t most_files = 20'000;
constexpr std::uintmax_t largest_text = 16 * 1024 * 1024;
constexpr int most_move_tries = 50;
constexpr DWORD move_pause_ms = 100;

Status file_error(DWORD error, const char* call, const std::filesystem::path& path) {
  return win::windows_error(error, call, std::wstring_view{path.native()});
}

Status make_parent(const std::filesystem::path& path) {
  std::error_code error;
  std::filesystem::create_directories(path.parent_path(), error);
  if (!error || std::filesystem::is_directory(path.parent_path(), error)) return {};
  return {StatusCode::failed_precondition,
          "cannot make the folder " + win::to_utf8(path.parent_path().native()) + ": " + error.message()};
}

Status list_into(const std::filesystem::path& root, const std::wstring& below, std::vector<std::wstring>& files) {
  WIN32_FIND_DATAW found{};
  const HANDLE search = FindFirstFileW((root / below / L"*").c_str(), &found);
  if (search == INVALID_HANDLE_VALUE) return {};
  Status status;
  do {
    const std::wstring name = found.cFileName;
    if (name == L"." || name == L"..") continue;
    const std::wstring path = below.empty() ? name : below + L"\\" + name;
    if ((found.dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0) {
      status = {StatusCode::failed_precondition, win::to_utf8((root / path).native()) + " is a link"};
    } else if ((found.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0) {
      status = list_into(root, path, files);
    } else if (files.size() == most_files) {
      status = {StatusCode::resource_exhausted,
                "more than 20,000 files in " + win::to_utf8(root.native()) + ": that is no version of PlugBroker"};
    } else {
      files.push_back(path);
    }
  } while (status.ok() && FindNextFileW(search, &found));
  FindClose(search);
  return status;
}

}  // namespace

Result<std::vector<std::wstring>> list_files(const std::filesystem::path& folder) {
  std::vector<std::wstring> files;
  if (Status status = list_into(folder, L"", files); !status.ok()) return status;
  std::ranges::sort(files);
  return files;
}

bool have_same_content(const std::filesystem::path& one, const std::filesystem::path& other) {
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(one, error);
  if (error || std::filesystem::file_size(other, error) != size || error) return false;
  std::ifstream first{one, std::ios::binary};
  std::ifstream second{other, std::ios::binary};
  std::vector<char> a(64 * 1024);
  std::vector<char> b(a.size());
  while (first && second) {
    first.read(a.data(), static_cast<std::streamsize>(a.size()));
    second.read(b.data(), static_cast<std::streamsize>(b.size()));
    if (first.gcount() != second.gcount()) return false;
    if (std::memcmp(a.data(), b.data(), static_cast<std::size_t>(first.gcount())) != 0) return false;
  }
  return first.eof() && second.eof();
}

Status copy_over(const std::filesystem::path& from, const std::filesystem::path& to) {
  if (Status status = make_parent(to); !status.ok()) return status;
  const BOOL done = CopyFileW(from.c_str(), to.c_str(), FALSE);
  const DWORD error = GetLastError();
  return done ? Status{} : file_error(error, "CopyFileW", to);
}

Status move_file(const std::filesystem::path& from, const std::filesystem::path& to) {
  if (Status status = make_parent(to); !status.ok()) return status;
  for (int tries = 1;; ++tries) {
    const BOOL done = MoveFileExW(from.c_str(), to.c_str(), MOVEFILE_WRITE_THROUGH);
    const DWORD error = GetLastError();
    if (done) return {};
    const bool held = error == ERROR_SHARING_VIOLATION || error == ERROR_ACCESS_DENIED || error == ERROR_LOCK_VIOLATION;
    if (!held || tries == most_move_tries) return file_error(error, "MoveFileExW", from);
    Sleep(move_pause_ms);
  }
}

Status write_durably(const std::filesystem::path& path, const std::string& text) {
  if (Status status = make_parent(path); !status.ok()) return status;
  const std::filesystem::path next = path.native() + L".next";
  {
    const win::UniqueHandle file{
        CreateFileW(next.c_str(), GENERIC_WRITE, 0, nullptr, CREATE_ALWAYS, FILE_ATTRIBUTE_NORMAL, nullptr)};
    DWORD error = GetLastError();
    if (!file) return file_error(error, "CreateFileW", next);
    DWORD written = 0;
    const BOOL done = WriteFile(file.get(), text.data(), static_cast<DWORD>(text.size()), &written, nullptr) &&
                      FlushFileBuffers(file.get());
    error = GetLastError();
    if (!done || written != text.size()) return file_error(error, "WriteFile", next);
  }
  const BOOL done = MoveFileExW(next.c_str(), path.c_str(), MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH);
  const DWORD error = GetLastError();
  return done ? Status{} : file_error(error, "MoveFileExW", path);
}

Result<std::string> read_text(const std::filesystem::path& path) {
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  if (error) return {StatusCode::not_found, "cannot read " + win::to_utf8(path.native()) + ": " + error.message()};
  if (size > largest_text) return {StatusCode::resource_exhausted, win::to_utf8(path.native()) + " is too large"};
  std::ifstream stream{path, std::ios::binary};
  std::ostringstream text;
  text << stream.rdbuf();
  if (!stream) return {StatusCode::failed_precondition, "cannot read " + win::to_utf8(path.native())};
  return text.str();
}

}  // namespace plugbroker::installer
