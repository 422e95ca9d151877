// SPDX-License-Identifier: Apache-2.0
#include "broker_core/admin/document_fields.h"

#include <boost/json/value.hpp>

#include "broker_core/base/escaped_text.h"

namespace plugbroker::admin {
namespace {

namespace json = boost::json;

constexpr std::size_t longest_text = 1000;

const json::value* field(const json::object& object, std::string_view key) {
  return object.if_contains(json::string_view{key.data(), key.size()});
}

std::string printable(json::string_view text) {
  return escaped_text({text.data(), text.size()}, EscapeStyle::plain, longest_text);
}

}  // namespace

std::string text_of(const json::object& object, std::string_view key) {
  const json::value* value = field(object, key);
  return value != nullptr && value->is_string() ? printable(value->get_string()) : std::string{};
}

bool has_number(const json::object& object, std::string_view key) {
  const json::value* value = field(object, key);
  return value != nullptr && value->is_int64();
}

std::int64_t number_of(const json::object& object, std::string_view key) {
  return has_number(object, key) ? field(object, key)->get_int64() : 0;
}

std::string count_of(const json::object& object, std::string_view key) {
  return std::to_string(number_of(object, key));
}

bool flag_of(const json::object& object, std::string_view key) {
  const json::value* value = field(object, key);
  return value != nullptr && value->is_bool() && value->get_bool();
}

std::vector<const json::object*> objects_of(const json::object& object, std::string_view key) {
  std::vector<const json::object*> objects;
  const json::value* list = field(object, key);
  if (list == nullptr || !list->is_array()) return objects;
  for (const json::value& value : list->get_array()) {
    if (value.is_object()) objects.push_back(&value.get_object());
  }
  return objects;
}

std::vector<std::string> texts_of(const json::object& object, std::string_view key) {
  std::vector<std::string> texts;
  const json::value* list = field(object, key);
  if (list == nullptr || !list->is_array()) return texts;
  for (const json::value& text : list->get_array()) {
    if (text.is_string()) texts.push_back(printable(text.get_string()));
  }
  return texts;
}

std::string name_list(const json::object& object, std::string_view key) {
  std::string joined;
  for (const std::string& text : texts_of(object, key)) joined += (joined.empty() ? "" : ", ") + text;
  return joined;
}

std::string counts_of(const json::object& object, std::string_view key) {
  std::string text;
  const json::value* counts = field(object, key);
  if (counts == nullptr || !counts->is_object()) return text;
  for (const json::key_value_pair& pair : counts->get_object()) {
    if (!pair.value().is_int64() || pair.value().get_int64() == 0) continue;
    text += (text.empty() ? "" : ", ") + std::to_string(pair.value().get_int64()) + ' ' + printable(pair.key());
  }
  return text;
}

}  // namespace plugbroker::admin
