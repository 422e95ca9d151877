// SPDX-License-Identifier: Apache-2.0
#include "broker_core/config/config_json_schema.h"

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "broker_core/base/limits.h"
#include "broker_core/config/range_text.h"
#include "broker_core/config/schema_table.h"
#include "broker_core/config/value_reader.h"

namespace plugbroker::config {
namespace {

namespace json = boost::json;

json::string_view view(std::string_view text) {
  return {text.data(), text.size()};
}

json::object with_pattern(std::string_view pattern) {
  json::object schema{{"type", "string"}};
  if (!pattern.empty()) schema["pattern"] = view(pattern);
  return schema;
}

// A text's bounds count bytes, those of the schema characters, of which there are never more.
json::object text_schema(const SchemaEntry& entry) {
  json::object schema = with_pattern(entry.pattern);
  schema["minLength"] = entry.minimum > 0 ? 1 : 0;
  schema["maxLength"] = entry.maximum;
  return schema;
}

json::object integer_schema(const SchemaEntry& entry) {
  json::object range{{"minimum", entry.minimum}, {"maximum", entry.maximum}};
  if (!entry.or_zero) {
    range["type"] = "integer";
    return range;
  }
  return {{"type", "integer"}, {"anyOf", json::array{json::object{{"const", 0}}, range}}};
}

json::object choice_schema(const SchemaEntry& entry) {
  json::array names;
  for (const std::string_view choice : entry.choices) names.emplace_back(view(choice));
  return {{"enum", names}};
}

json::object list_schema(const SchemaEntry& entry) {
  json::object schema{{"type", "array"},
                      {"items", with_pattern(entry.pattern)},
                      {"minItems", entry.minimum},
                      {"maxItems", entry.maximum}};
  if (entry.unique) schema["uniqueItems"] = true;
  return schema;
}

json::object value_schema(const SchemaEntry& entry) {
  switch (entry.type) {
    case ValueType::text:
      return text_schema(entry);
    case ValueType::integer:
      return integer_schema(entry);
    case ValueType::boolean:
      return {{"type", "boolean"}};
    case ValueType::duration:
      return with_pattern("^[0-9]+(ms|s|m|h)$");
    case ValueType::choice:
      return choice_schema(entry);
    case ValueType::text_list:
      return list_schema(entry);
    case ValueType::text_map:
      return {{"type", "object"},
              {"additionalProperties", {{"type", "string"}}},
              {"minProperties", entry.minimum},
              {"maxProperties", entry.maximum}};
  }
  return {};
}

json::object entry_schema(const SchemaEntry& entry) {
  json::object schema = value_schema(entry);
  std::string description{entry.description};
  if (entry.type == ValueType::duration) description += " Range: " + range_text(entry) + '.';
  if (entry.type == ValueType::integer) description += " Unit: " + std::string{entry.unit} + '.';
  schema["description"] = description;
  if (!entry.required && !entry.fallback.empty()) schema["default"] = fallback_json(entry);
  return schema;
}

json::object object_schema(const std::string& pattern);

json::object pools_schema() {
  return {{"type", "object"},
          {"description", "The pools by their names: the worker processes behind some routes each."},
          {"propertyNames", {{"pattern", "^[A-Za-z0-9._-]{1,64}$"}}},
          {"minProperties", 1},
          {"maxProperties", limits::max_pools},
          {"additionalProperties", object_schema("/pools/*")}};
}

// The object at `pattern` with all that the table has below it.
json::object object_schema(const std::string& pattern) {
  json::object properties;
  json::array required;
  for (const SchemaEntry& entry : schema_table()) {
    if (!entry.path.starts_with(pattern + '/')) continue;
    const std::string_view rest = entry.path.substr(pattern.size() + 1);
    const std::string_view name = rest.substr(0, rest.find('/'));
    if (properties.contains(view(name))) continue;
    const std::string path = pattern + '/' + std::string{name};
    json::object& property = properties[view(name)].emplace_object();
    if (path == "/pools") {
      property = pools_schema();
    } else {
      property = name == rest ? entry_schema(entry) : object_schema(path);
    }
    if (entry.required || path == "/pools") required.emplace_back(view(name));
  }
  json::object schema{{"type", "object"}, {"properties", properties}, {"additionalProperties", false}};
  if (!required.empty()) schema["required"] = required;
  return schema;
}

void print(const json::value& value, const std::string& indent, std::string& text);

// The members of an object or the elements of an array, each on a line of its own.
template <class Container, class PrintOne>
void print_lines(const Container& container, const std::string& indent, std::string& text, PrintOne print_one) {
  std::string_view before = "\n";
  for (const auto& one : container) {
    text += std::string{before} + indent + "  ";
    print_one(one);
    before = ",\n";
  }
  text += '\n' + indent;
}

void print(const json::value& value, const std::string& indent, std::string& text) {
  if (value.is_object() && !value.get_object().empty()) {
    text += '{';
    print_lines(value.get_object(), indent, text, [&](const json::key_value_pair& member) {
      text += json::serialize(json::value(member.key())) + ": ";
      print(member.value(), indent + "  ", text);
    });
    text += '}';
  } else {
    text += json::serialize(value);
  }
}

}  // namespace

std::string config_json_schema() {
  json::object schema{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                      {"$comment", "Generated from the schema table by plugbroker_config_document --json-schema."},
                      {"title", "The configuration of PlugBroker"},
                      // Understood by Visual Studio Code; others pass over them.
                      {"allowComments", true},
                      {"allowTrailingCommas", true}};
  for (const auto& [key, value] : object_schema("")) schema[key] = value;
  std::string text;
  print(schema, "", text);
  return text + '\n';
}

}  // namespace plugbroker::config
