// SPDX-License-Identifier: Apache-2.0
#include "broker_core/win/windows_error.h"

#include <array>

#include "broker_core/win/utf16.h"

namespace plugbroker::win {
namespace {

StatusCode code_of(DWORD error) {
  switch (error) {
    case ERROR_ACCESS_DENIED:
    case ERROR_PRIVILEGE_NOT_HELD:
      return StatusCode::permission_denied;
    case ERROR_FILE_NOT_FOUND:
    case ERROR_PATH_NOT_FOUND:
      return StatusCode::not_found;
    case ERROR_ALREADY_EXISTS:
    case ERROR_FILE_EXISTS:
    case ERROR_SHARING_VIOLATION:
      return StatusCode::already_exists;
    case ERROR_NOT_ENOUGH_MEMORY:
    case ERROR_OUTOFMEMORY:
    case ERROR_NO_SYSTEM_RESOURCES:
    case ERROR_TOO_MANY_OPEN_FILES:
    case ERROR_PIPE_BUSY:
      return StatusCode::resource_exhausted;
    case ERROR_BAD_EXE_FORMAT:
    case ERROR_INVALID_NAME:
    case ERROR_INVALID_PARAMETER:
    case ERROR_DIRECTORY:
      return StatusCode::invalid_argument;
    case ERROR_BROKEN_PIPE:
    case ERROR_NO_DATA:
    case ERROR_PIPE_NOT_CONNECTED:
      return StatusCode::unavailable;
    default:
      return StatusCode::internal;
  }
}

}  // namespace

std::string error_text(DWORD error) {
  std::array<wchar_t, 512> buffer{};
  const DWORD flags = FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS | FORMAT_MESSAGE_MAX_WIDTH_MASK;
  DWORD length = FormatMessageW(flags, nullptr, error, 0, buffer.data(), static_cast<DWORD>(buffer.size()), nullptr);
  while (length > 0 && (buffer[length - 1] == L' ' || buffer[length - 1] == L'.')) --length;
  std::string text = "error " + std::to_string(error);
  if (length > 0) text.append(": ").append(to_utf8({buffer.data(), length}));
  return text;
}

Status windows_error(DWORD error, std::string_view call, std::string_view object) {
  std::string message{call};
  if (!object.empty()) message.append(" ").append(object);
  message.append(": ").append(error_text(error));
  return {code_of(error), std::move(message)};
}

Status windows_error(DWORD error, std::string_view call, std::wstring_view object) {
  return windows_error(error, call, to_utf8(object));
}

}  // namespace plugbroker::win
