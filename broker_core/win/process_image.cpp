// SPDX-License-Identifier: Apache-2.0
#include "broker_core/win/process_image.h"

#include <winternl.h>

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "broker_core/base/limits.h"
#include "broker_core/win/unique_handle.h"
#include "broker_core/win/utf16.h"

namespace plugbroker::win {
namespace {

/// The longest path that Windows has.
constexpr DWORD longest_path = 32'767;
constexpr DWORD usual_path = 512;
/// SystemProcessIdInformation, which winternl.h does not name.
constexpr ULONG process_id_information = 88;
/// With a number for the class, since the header's has no room for that one.
using QuerySystemInformation = NTSTATUS(NTAPI*)(ULONG, void*, ULONG, ULONG*);

QuerySystemInformation query_system_information() {
  static const auto query = reinterpret_cast<QuerySystemInformation>(
      reinterpret_cast<void*>(GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "NtQuerySystemInformation")));
  return query;
}

struct ProcessIdInformation {
  std::uintptr_t process_id;
  UNICODE_STRING image;
};

std::string end_of(std::wstring_view path) {
  constexpr std::string_view left_out = "...";
  std::string text = to_utf8(path);
  if (text.size() <= limits::max_image_bytes) return text;
  std::size_t cut = text.size() - limits::max_image_bytes + left_out.size();
  while (cut < text.size() && (static_cast<unsigned char>(text[cut]) & 0xC0) == 0x80) ++cut;
  return text.replace(0, cut, left_out);
}

std::wstring opened_image(HANDLE process) {
  for (const DWORD room : {usual_path, longest_path}) {
    std::wstring path(room, L'\0');
    DWORD size = room;
    if (QueryFullProcessImageNameW(process, 0, path.data(), &size)) {
      path.resize(size);
      return path;
    }
    if (GetLastError() != ERROR_INSUFFICIENT_BUFFER) return {};
  }
  return {};
}

}  // namespace

std::string process_image(DWORD process_id) {
  if (process_id == 0) return {};
  const UniqueHandle process(OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, process_id));
  if (!process) return process_image_by_number(process_id);
  return end_of(opened_image(process.get()));
}

std::string process_image_by_number(DWORD process_id) {
  const QuerySystemInformation query = query_system_information();
  if (process_id == 0 || query == nullptr) return {};
  for (const DWORD room : {usual_path, longest_path}) {
    std::wstring path(room, L'\0');
    ProcessIdInformation asked{.process_id = process_id, .image = {}};
    asked.image.MaximumLength = static_cast<USHORT>(room * sizeof(wchar_t));
    asked.image.Buffer = path.data();
    const NTSTATUS status = query(process_id_information, &asked, sizeof(asked), nullptr);
    if (status >= 0) {
      path.resize(asked.image.Length / sizeof(wchar_t));
      return end_of(path);
    }
    constexpr auto too_short = static_cast<NTSTATUS>(0xC0000004);  // STATUS_INFO_LENGTH_MISMATCH
    if (status != too_short) return {};
  }
  return {};
}

}  // namespace plugbroker::win
