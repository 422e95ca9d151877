// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/hostile/foreign_objects.h"

#include <windows.h>

#include <winternl.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <sstream>
#include <vector>

#include "tests/integration/harness/text_encoding.h"
#include "tests/integration/harness/windows_handle.h"

namespace plugbroker::hostile {

using harness::narrow;
using harness::widen;
using harness::WindowsHandle;

namespace {

/// Handles are multiples of 4 from 4 on, and no small process has more.
constexpr std::uintptr_t highest_handle = 0x4000;

const char* outcome(bool opened) {
  return opened ? "=opened\n" : "=refused\n";
}

bool can_open_process(DWORD id) {
  return static_cast<bool>(WindowsHandle(OpenProcess(PROCESS_VM_READ | PROCESS_DUP_HANDLE, FALSE, id)));
}

bool can_open_file(const std::string& name, DWORD access) {
  return static_cast<bool>(
      WindowsHandle(CreateFileW(widen(name).c_str(), access, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                                nullptr, OPEN_EXISTING, 0, nullptr)));
}

std::wstring object_name(HANDLE handle) {
  std::vector<std::byte> bytes(2048);
  ULONG size = 0;
  constexpr auto name_information = static_cast<OBJECT_INFORMATION_CLASS>(1);
  if (NtQueryObject(handle, name_information, bytes.data(), static_cast<ULONG>(bytes.size()), &size) < 0) return {};
  const auto* const name = reinterpret_cast<const UNICODE_STRING*>(bytes.data());
  return name->Buffer == nullptr ? std::wstring{} : std::wstring(name->Buffer, name->Length / sizeof(wchar_t));
}

/// \Device\NamedPipe\x as \\.\pipe\x.
std::wstring pipe_path(const std::wstring& name) {
  return L"\\\\.\\pipe" + name.substr(std::min(name.size(), name.rfind(L'\\')));
}

std::string own_handles() {
  unsigned pipes = 0;
  std::string processes;
  unsigned files = 0;
  for (std::uintptr_t value = 4; value < highest_handle; value += 4) {
    const auto handle = reinterpret_cast<HANDLE>(value);
    DWORD flags = 0;
    if (!GetHandleInformation(handle, &flags)) continue;
    if (const DWORD process = GetProcessId(handle); process != 0 && process != GetCurrentProcessId()) {
      processes += " " + std::to_string(process);
    }
    switch (GetFileType(handle)) {
      case FILE_TYPE_PIPE:
        ++pipes;
        break;
      case FILE_TYPE_DISK:
        ++files;
        break;
      default:
        break;
    }
  }
  return "pipes=" + std::to_string(pipes) + "\nprocesses=" + processes + "\nfiles=" + std::to_string(files) + "\n";
}

std::string own_channel() {
  const char* const number = std::getenv("PLUGBROKER_CHANNEL");
  if (number == nullptr) return {};
  const std::wstring path = pipe_path(object_name(reinterpret_cast<HANDLE>(std::stoull(number))));
  const WindowsHandle again(
      CreateFileW(path.c_str(), GENERIC_READ | GENERIC_WRITE, 0, nullptr, OPEN_EXISTING, 0, nullptr));
  const WindowsHandle other_end(
      CreateNamedPipeW(path.c_str(), PIPE_ACCESS_DUPLEX, PIPE_TYPE_BYTE, 1, 4096, 4096, 0, nullptr));
  return "channel=" + narrow(path) + "\nown channel again" + outcome(static_cast<bool>(again)) +
         "own channel's other end" + outcome(static_cast<bool>(other_end));
}

}  // namespace

std::string foreign_objects(const std::string& targets) {
  std::string told = own_handles() + own_channel();
  std::istringstream lines(targets);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t blank = line.find(' ');
    const std::string kind = line.substr(0, blank);
    const std::string what = line.substr(blank + 1);
    bool opened = false;
    if (kind == "process") opened = can_open_process(static_cast<DWORD>(std::stoul(what)));
    if (kind == "pipe") opened = can_open_file(what, GENERIC_READ | GENERIC_WRITE);
    if (kind == "read") opened = can_open_file(what, GENERIC_READ);
    if (kind == "write") opened = can_open_file(what, FILE_APPEND_DATA);
    told += line + outcome(opened);
  }
  return told;
}

}  // namespace plugbroker::hostile
