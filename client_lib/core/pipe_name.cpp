// SPDX-License-Identifier: Apache-2.0
#include "client_lib/core/pipe_name.h"

#include <cstddef>

namespace plugbroker::client {

bool is_local_pipe_name(std::string_view name) noexcept {
  constexpr std::string_view prefix = R"(\\.\pipe\)";
  constexpr std::size_t longest = 256;  // Windows' limit for the whole name.
  if (name.size() <= prefix.size() || name.size() > longest) return false;
  for (std::size_t i = 0; i < prefix.size(); ++i) {
    const char c = name[i] >= 'A' && name[i] <= 'Z' ? static_cast<char>(name[i] - 'A' + 'a') : name[i];
    if (c != prefix[i]) return false;
  }
  const std::string_view rest = name.substr(prefix.size());
  return rest.find('\\') == std::string_view::npos && rest.find('/') == std::string_view::npos;
}

}  // namespace plugbroker::client
