// SPDX-License-Identifier: Apache-2.0
#include "broker_core/admin/evidence_folder.h"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <fstream>
#include <functional>
#include <system_error>
#include <utility>
#include <vector>

#include "broker_core/admin/document_fields.h"

namespace plugbroker::admin {
namespace {

namespace json = boost::json;

bool is_digit(char byte) {
  return byte >= '0' && byte <= '9';
}

bool is_name_byte(char byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || is_digit(byte) || byte == '.' || byte == '_' ||
         byte == '-';
}

Result<std::string> read_file(const std::filesystem::path& path, std::string_view name) {
  std::ifstream file{path, std::ios::binary};
  if (!file) return {StatusCode::data_loss, "cannot open case.json of " + std::string{name}};
  std::string bytes(evidence::max_case_bytes + 1, '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(file.gcount()));
  if (file.bad()) return {StatusCode::data_loss, "cannot read case.json of " + std::string{name}};
  if (bytes.size() <= evidence::max_case_bytes) return bytes;
  return {StatusCode::data_loss, "case.json of " + std::string{name} + " has more than 1 MiB"};
}

json::value text_or_null(const json::object& object, std::string_view key) {
  const std::string text = text_of(object, key);
  return text.empty() ? json::value(nullptr) : json::value(json::string_view{text.data(), text.size()});
}

json::object summary(const std::string& name, const Result<std::string>& document) {
  json::object read;
  if (document.ok()) {
    json::error_code error;
    json::value value = json::parse(json::string_view{document->data(), document->size()}, error);
    if (!error && value.is_object()) read = std::move(value.get_object());
  }
  return {{"name", json::string_view{name.data(), name.size()}},
          {"time", text_or_null(read, "time")},
          {"pool", text_or_null(read, "pool")},
          {"worker", has_number(read, "worker") ? json::value(number_of(read, "worker")) : json::value(nullptr)},
          {"reason", text_or_null(read, "reason")}};
}

}  // namespace

bool is_case_name(std::string_view name) noexcept {
  if (name.empty() || name.size() > evidence::max_name_bytes) return false;
  return is_digit(name.front()) && name.back() != '.' && std::ranges::all_of(name, is_name_byte);
}

std::string case_name_of(const std::filesystem::path& path) {
  const std::filesystem::path file = path.filename();
  std::string name;
  for (const std::filesystem::path::value_type unit : file.native()) {
    if (unit < ' ' || unit > '~') return {};
    name += static_cast<char>(unit);
  }
  return is_case_name(name) ? name : std::string{};
}

Result<std::string> EvidenceFolder::list() const {
  std::vector<std::string> names;
  std::error_code error;
  std::filesystem::directory_iterator entry{folder_, error};
  if (error && error != std::errc::no_such_file_or_directory) {
    return {StatusCode::data_loss, "cannot read the evidence folder: " + error.message()};
  }
  for (; !error && entry != std::filesystem::directory_iterator{}; entry.increment(error)) {
    std::error_code ignored;
    std::string name = case_name_of(entry->path());
    if (!name.empty() && entry->is_directory(ignored)) names.push_back(std::move(name));
  }
  std::ranges::sort(names, std::greater<>{});
  const std::size_t listed = std::min(names.size(), evidence::max_cases_listed);
  json::array cases;
  for (std::size_t i = 0; i < listed; ++i) cases.push_back(summary(names[i], read(names[i])));
  return json::serialize(
      json::object{{"schema_version", 1}, {"cases", std::move(cases)}, {"left_out", names.size() - listed}});
}

Result<std::string> EvidenceFolder::read(std::string_view name) const {
  if (!is_case_name(name)) return {StatusCode::invalid_argument, "this can't be the name of a case of evidence"};
  const std::filesystem::path file = folder_ / std::filesystem::path{name} / "case.json";
  std::error_code error;
  if (std::filesystem::is_regular_file(file, error)) return read_file(file, name);
  return {StatusCode::not_found, "there is no case of evidence \"" + std::string{name} + '"'};
}

}  // namespace plugbroker::admin
