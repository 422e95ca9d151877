// SPDX-License-Identifier: Apache-2.0
#include "broker_core/config/name_rules.h"

#include <algorithm>

#include "broker_core/base/limits.h"

namespace plugbroker::config {
namespace {

constexpr std::string_view name_bytes = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
constexpr std::size_t longest_pipe_name = 128;
constexpr std::size_t longest_pool_name = 64;
constexpr std::string_view reserved_environment_prefix = "PLUGBROKER_";

std::string quoted(std::string_view text) {
  return '"' + std::string{text} + '"';
}

bool has_only_name_bytes(std::string_view text) {
  return text.find_first_not_of(name_bytes) == std::string_view::npos;
}

bool is_letter(char byte) {
  return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
}

char upper(char byte) {
  return byte >= 'a' && byte <= 'z' ? static_cast<char>(byte - 'a' + 'A') : byte;
}

bool starts_with_ignoring_case(std::string_view text, std::string_view upper_prefix) {
  return text.size() >= upper_prefix.size() &&
         std::equal(upper_prefix.begin(), upper_prefix.end(), text.begin(),
                    [](char wanted, char given) { return wanted == upper(given); });
}

// "Z:\tmp" is a legal text of JSON, with a tab: the backslash was to be written twice.
std::string control_character_problem(std::string_view path) {
  const auto place = std::ranges::find_if(path, [](char byte) { return static_cast<unsigned char>(byte) < 0x20; });
  if (place == path.end()) return {};
  std::string what = "control character";
  if (*place == '\t') what = "tab";
  if (*place == '\n') what = "line break";
  return quoted(path) + " has a " + what + R"( in it; in JSON a backslash is written twice ("C:\\folder"))";
}

}  // namespace

std::string pipe_name_problem(std::string_view name) {
  if (!name.starts_with(pipe_prefix)) return quoted(name) + R"( does not start with \\.\pipe\)";
  const std::string_view rest = name.substr(pipe_prefix.size());
  if (rest.empty() || rest.size() > longest_pipe_name || !has_only_name_bytes(rest)) {
    return quoted(name) + R"(: what follows \\.\pipe\ has to be 1 to 128 characters of A-Z a-z 0-9 . _ -)";
  }
  // Windows drops such a dot, and folders are named after the pipe: ".." would be the one above.
  if (rest.ends_with('.')) return quoted(name) + " must not end with a dot";
  return {};
}

std::string pool_name_problem(std::string_view name) {
  if (name.empty() || name.size() > longest_pool_name || !has_only_name_bytes(name)) {
    return "a pool's name has to be 1 to 64 characters of A-Z a-z 0-9 . _ -";
  }
  return {};
}

std::string route_problem(std::string_view route) {
  const bool valid = std::ranges::all_of(
      route, [](char byte) { return byte == '/' || name_bytes.find(byte) != std::string_view::npos; });
  if (route.empty() || route.size() > limits::max_route_bytes || !valid) {
    return quoted(route) + " is no route: 1 to 255 characters of A-Z a-z 0-9 . _ - /";
  }
  return {};
}

bool is_absolute_windows_path(std::string_view path) {
  const auto is_slash = [](char byte) { return byte == '\\' || byte == '/'; };
  if (path.size() >= 3 && is_letter(path[0]) && path[1] == ':' && is_slash(path[2])) return true;
  return path.size() >= 3 && path[0] == '\\' && path[1] == '\\' && !is_slash(path[2]);
}

std::string absolute_path_problem(std::string_view path) {
  if (std::string problem = argument_problem(path); !problem.empty()) return problem;
  if (std::string problem = control_character_problem(path); !problem.empty()) return problem;
  if (!is_absolute_windows_path(path)) return quoted(path) + R"( is not an absolute path (C:\...))";
  return {};
}

std::string environment_name_problem(std::string_view name) {
  if (name.empty() || name.find('=') != std::string_view::npos || name.find('\0') != std::string_view::npos) {
    return "a variable's name must not be empty or contain '='";
  }
  if (starts_with_ignoring_case(name, reserved_environment_prefix)) return "PLUGBROKER_ names are set by the service";
  return {};
}

std::string time_of_day_problem(std::string_view time) {
  const auto is_digit = [&](std::size_t at) { return time[at] >= '0' && time[at] <= '9'; };
  const bool formed = time.size() == 5 && is_digit(0) && is_digit(1) && time[2] == ':' && is_digit(3) && is_digit(4);
  if (formed && time.substr(0, 2) < "24" && time.substr(3) < "60") return {};
  return quoted(time) + R"( is no time of day: "HH:MM", from "00:00" to "23:59")";
}

std::string argument_problem(std::string_view argument) {
  return argument.find('\0') == std::string_view::npos ? std::string{} : "must not contain a NUL character";
}

}  // namespace plugbroker::config
