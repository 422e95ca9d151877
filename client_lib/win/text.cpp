// SPDX-License-Identifier: Apache-2.0
#include "client_lib/win/text.h"

namespace plugbroker::client {

Result<std::wstring> to_utf16(std::string_view utf8) {
  if (utf8.empty()) return std::wstring{};
  const int bytes = static_cast<int>(utf8.size());
  const int length = MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, utf8.data(), bytes, nullptr, 0);
  if (length <= 0) return {StatusCode::invalid_argument, "text that isn't UTF-8"};
  std::wstring text(static_cast<std::size_t>(length), L'\0');
  MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, utf8.data(), bytes, text.data(), length);
  return text;
}

std::string to_utf8(std::wstring_view utf16) {
  const int units = static_cast<int>(utf16.size());
  const int length = WideCharToMultiByte(CP_UTF8, 0, utf16.data(), units, nullptr, 0, nullptr, nullptr);
  std::string text(static_cast<std::size_t>(length > 0 ? length : 0), '\0');
  if (length > 0) WideCharToMultiByte(CP_UTF8, 0, utf16.data(), units, text.data(), length, nullptr, nullptr);
  return text;
}

std::string windows_error(std::string_view function, DWORD error) {
  return std::string{function} + ": Windows error " + std::to_string(error);
}

}  // namespace plugbroker::client
