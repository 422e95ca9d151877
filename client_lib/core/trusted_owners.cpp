// SPDX-License-Identifier: Apache-2.0
#include "client_lib/core/trusted_owners.h"

#include <algorithm>

#include "broker_core/base/bytes.h"
#include "client_lib/core/sha1.h"

namespace plugbroker::client {

namespace {

constexpr std::size_t longest_service_name = 256;

bool is_name_character(char c) noexcept {
  return c > ' ' && c < 0x7F && c != '/' && c != '\\';
}

char to_upper(char c) noexcept {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

std::string_view trimmed(std::string_view text) noexcept {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

/// "S-1-" and one or more numbers joined by dashes. What they mean is for Windows to say.
bool looks_like_sid(std::string_view text) noexcept {
  constexpr std::string_view start = "S-1-";
  if (!text.starts_with(start) || text.size() > 184) return false;
  text.remove_prefix(start.size());
  bool after_digit = false;
  for (const char c : text) {
    const bool digit = c >= '0' && c <= '9';
    if (!digit && !(c == '-' && after_digit)) return false;
    after_digit = digit;
  }
  return after_digit;
}

}  // namespace

Result<std::string> service_sid(std::string_view service_name) {
  // Spaces are allowed inside a service's name.
  const bool fits =
      !service_name.empty() && service_name.size() <= longest_service_name &&
      std::all_of(service_name.begin(), service_name.end(), [](char c) { return c == ' ' || is_name_character(c); });
  if (!fits) return {StatusCode::invalid_argument, "a service name is 1 to 256 printable ASCII characters, no slashes"};
  std::string utf16;
  for (const char c : service_name) {
    utf16 += to_upper(c);
    utf16 += '\0';
  }
  const Sha1Digest digest = sha1(as_byte_view(utf16));
  std::string sid = "S-1-5-80";
  for (std::size_t i = 0; i < digest.size(); i += 4) sid += "-" + std::to_string(load_le<std::uint32_t>(&digest[i]));
  return sid;
}

Result<std::vector<std::string>> parse_trusted_owners(std::string_view list) {
  std::vector<std::string> owners;
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(';'), list.size());
    const std::string_view entry = trimmed(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
    if (entry.empty()) continue;
    if (entry != current_user_word && !looks_like_sid(entry)) {
      return {StatusCode::invalid_argument,
              "trusted owner '" + std::string{entry} + "' is neither a SID (S-1-...) nor current_user"};
    }
    if (owners.size() == max_trusted_owners) return {StatusCode::invalid_argument, "more than 16 trusted owners"};
    owners.emplace_back(entry);
  }
  return owners;
}

}  // namespace plugbroker::client
