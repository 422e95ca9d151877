// SPDX-License-Identifier: Apache-2.0
#include "broker_core/config/config_file.h"

#include <filesystem>
#include <fstream>
#include <system_error>

#include "broker_core/base/result.h"

namespace plugbroker::config {
namespace {

constexpr std::size_t largest_file = 1024 * 1024;

std::filesystem::path native_path(const std::string& path) {
  return std::filesystem::path{std::u8string{path.begin(), path.end()}};
}

Status refusal(std::string message) {
  return {StatusCode::failed_precondition, std::move(message)};
}

Result<std::string> read_text(const std::filesystem::path& path) {
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(path, error);
  if (status.type() == std::filesystem::file_type::not_found) return refusal("there is no such file");
  if (error) return refusal("cannot be looked at: " + error.message());
  if (status.type() != std::filesystem::file_type::regular) return refusal("is not a file");

  std::ifstream file{path, std::ios::binary};
  if (!file) return refusal("cannot be opened for reading; see the rights of the account this runs under");
  std::string text(largest_file + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad()) return refusal("cannot be read");
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > largest_file) return refusal("is larger than 1 MiB, so it is not read");
  return text;
}

// Empty when the text does not begin with a byte order mark.
std::string byte_order_mark_problem(const std::string& text) {
  if (text.starts_with("\xEF\xBB\xBF")) {
    return R"(begins with a byte order mark: save it as UTF-8 without one ("UTF-8", not "UTF-8 with BOM"))";
  }
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
    return "is UTF-16: save it as UTF-8 without a byte order mark";
  }
  return {};
}

}  // namespace

ConfigOutcome load_config(const std::string& path, const PathProbe& exists, const AccessProbe& access) {
  const Result<std::string> text = read_text(native_path(path));
  if (!text) return {std::nullopt, {text.status().message}};
  if (std::string problem = byte_order_mark_problem(*text); !problem.empty()) return {std::nullopt, {problem}};
  return read_config(*text, exists, access);
}

bool path_exists(const std::string& path, PathKind kind) {
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(native_path(path), error);
  return kind == PathKind::folder ? is_directory(status) : is_regular_file(status);
}

}  // namespace plugbroker::config
