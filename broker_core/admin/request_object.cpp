// SPDX-License-Identifier: Apache-2.0
#include "broker_core/admin/request_object.h"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <optional>
#include <string>

#include "broker_core/admin/repeated_key.h"
#include "broker_core/base/escaped_text.h"
#include "broker_core/base/limits.h"

namespace plugbroker::admin {
namespace {

namespace json = boost::json;

constexpr std::size_t longest_shown = 64;

Status refused(std::string why) {
  return {StatusCode::invalid_argument, "the request " + std::move(why)};
}

std::string listed(std::initializer_list<std::string_view> keys) {
  std::string text;
  for (const std::string_view key : keys) text += (text.empty() ? "" : ", ") + std::string{key};
  return text;
}

}  // namespace

Result<json::object> parse_request_object(std::string_view text, std::initializer_list<std::string_view> keys) {
  if (text.size() > limits::max_admin_request_bytes) {
    return refused("is longer than " + std::to_string(limits::max_admin_request_bytes) + " bytes");
  }
  if (const std::optional<std::string> key = repeated_key(text)) {
    return refused("has the key \"" + escaped_text(*key, EscapeStyle::quoted, longest_shown) + "\" twice");
  }
  json::error_code error;
  json::value value = json::parse(json::string_view{text.data(), text.size()}, error);
  if (error || !value.is_object()) return refused("is not a JSON object");
  for (const json::key_value_pair& pair : value.get_object()) {
    const std::string_view key{pair.key().data(), pair.key().size()};
    if (std::ranges::find(keys, key) != keys.end()) continue;
    return refused("has a key \"" + escaped_text(key, EscapeStyle::quoted, longest_shown) +
                   "\" that nobody knows; it may have: " + listed(keys));
  }
  return std::move(value.get_object());
}

json::string request_text(std::string_view text) {
  const std::string escaped = escaped_text(text, EscapeStyle::plain, limits::max_admin_request_bytes);
  return json::string{escaped.data(), escaped.size()};
}

}  // namespace plugbroker::admin
