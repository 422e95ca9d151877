// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/config/schema_verdict.h"

#include <algorithm>
#include <functional>
#include <map>
#include <regex>
#include <set>
#include <stdexcept>

namespace plugbroker::config {
namespace {

namespace json = boost::json;

bool has_type(const json::value& value, const json::string& type) {
  if (type == "string") return value.is_string();
  if (type == "integer") return value.is_int64() || value.is_uint64();
  if (type == "boolean") return value.is_bool();
  if (type == "array") return value.is_array();
  return type == "object" && value.is_object();
}

// Whether `value` is at most `bound`, which is not negative.
bool at_most(const json::value& value, const json::value& bound) {
  if (value.is_int64() && value.get_int64() < 0) return true;
  return !(value.is_int64() || value.is_uint64()) ||
         value.to_number<std::uint64_t>() <= bound.to_number<std::uint64_t>();
}

bool at_least(const json::value& value, const json::value& bound) {
  if (value.is_int64() && value.get_int64() < 0) return false;
  return !(value.is_int64() || value.is_uint64()) ||
         value.to_number<std::uint64_t>() >= bound.to_number<std::uint64_t>();
}

bool matches(const json::string& text, const json::value& pattern) {
  return std::regex_search(text.begin(), text.end(), std::regex{pattern.get_string().c_str()});
}

// Elements, members or bytes; the texts of these tests are ASCII.
std::size_t size_of(const json::value& value) {
  if (value.is_array()) return value.get_array().size();
  return value.is_object() ? value.get_object().size() : value.get_string().size();
}

bool has_no_element_twice(const json::array& array) {
  return std::ranges::all_of(array,
                             [&](const json::value& element) { return std::ranges::count(array, element) == 1; });
}

// A keyword that is true or false of a value; those about another type than the value's hold.
using Rule = std::function<bool(const json::value& value, const json::value& argument)>;

const std::map<std::string_view, Rule>& rules() {
  const auto size_rule = [](auto is_kind, bool lower) -> Rule {
    return [is_kind, lower](const json::value& value, const json::value& bound) {
      if (!is_kind(value)) return true;
      const auto limit = bound.to_number<std::size_t>();
      return lower ? size_of(value) >= limit : size_of(value) <= limit;
    };
  };
  const auto text = [](const json::value& value) { return value.is_string(); };
  const auto array = [](const json::value& value) { return value.is_array(); };
  const auto object = [](const json::value& value) { return value.is_object(); };
  static const std::map<std::string_view, Rule> all{
      {"type", [](const json::value& v, const json::value& type) { return has_type(v, type.get_string()); }},
      {"const", [](const json::value& v, const json::value& only) { return v == only; }},
      {"enum",
       [](const json::value& v, const json::value& some) { return std::ranges::count(some.get_array(), v) == 1; }},
      {"minimum", at_least},
      {"maximum", at_most},
      {"pattern",
       [](const json::value& v, const json::value& regex) { return !v.is_string() || matches(v.get_string(), regex); }},
      {"uniqueItems",
       [](const json::value& v, const json::value&) { return !v.is_array() || has_no_element_twice(v.get_array()); }},
      {"required",
       [](const json::value& v, const json::value& names) {
         return !v.is_object() || std::ranges::all_of(names.get_array(), [&](const json::value& name) {
           return v.get_object().contains(name.get_string());
         });
       }},
      {"anyOf",
       [](const json::value& v, const json::value& schemas) {
         return std::ranges::any_of(schemas.get_array(),
                                    [&](const json::value& one) { return schema_verdict(one, v).empty(); });
       }},
      {"minLength", size_rule(text, true)},
      {"maxLength", size_rule(text, false)},
      {"minItems", size_rule(array, true)},
      {"maxItems", size_rule(array, false)},
      {"minProperties", size_rule(object, true)},
      {"maxProperties", size_rule(object, false)},
  };
  return all;
}

const std::set<std::string_view> silent{"$schema",       "$comment",           "title", "description", "default",
                                        "allowComments", "allowTrailingCommas"};
const std::set<std::string_view> about_parts{"properties", "additionalProperties", "propertyNames", "items"};

std::string member_verdict(const json::object& schema, const json::key_value_pair& member, const std::string& place) {
  if (const json::value* names = schema.if_contains("propertyNames")) {
    const std::string verdict = schema_verdict(*names, json::value(member.key()), place);
    if (!verdict.empty()) return verdict;
  }
  const json::value* properties = schema.if_contains("properties");
  const json::value* rest = schema.if_contains("additionalProperties");
  const json::value* own = properties == nullptr ? nullptr : properties->get_object().if_contains(member.key());
  if (own == nullptr && rest != nullptr && rest->is_bool()) return place + ": unknown";
  if (own == nullptr) own = rest;
  return own == nullptr ? std::string{} : schema_verdict(*own, member.value(), place);
}

std::string parts_verdict(const json::object& schema, const json::value& value, const std::string& place) {
  if (value.is_object()) {
    for (const json::key_value_pair& member : value.get_object()) {
      std::string verdict = member_verdict(schema, member, place + '/' + std::string{member.key()});
      if (!verdict.empty()) return verdict;
    }
  }
  if (!value.is_array() || !schema.contains("items")) return {};
  for (const json::value& element : value.get_array()) {
    std::string verdict = schema_verdict(schema.at("items"), element, place + "/*");
    if (!verdict.empty()) return verdict;
  }
  return {};
}

}  // namespace

std::string schema_verdict(const json::value& schema, const json::value& value, const std::string& place) {
  for (const json::key_value_pair& keyword : schema.get_object()) {
    const std::string_view name{keyword.key().data(), keyword.key().size()};
    if (silent.contains(name) || about_parts.contains(name)) continue;
    const auto rule = rules().find(name);
    if (rule == rules().end()) throw std::runtime_error("unknown keyword " + std::string{name});
    if (!rule->second(value, keyword.value())) return place + ": " + std::string{name};
  }
  return parts_verdict(schema.get_object(), value, place);
}

}  // namespace plugbroker::config
