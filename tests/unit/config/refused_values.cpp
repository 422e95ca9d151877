// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/config/refused_values.h"

#include "broker_core/config/range_text.h"

namespace plugbroker::config {
namespace {

namespace json = boost::json;

std::string milliseconds(std::uint64_t count) {
  return std::to_string(count) + "ms";
}

// "neither 0 nor in 5..9" of "0, 5..9"; "outside 5..9" of "5..9".
std::string outside(const SchemaEntry& entry) {
  const std::string range = range_text(entry);
  if (!entry.or_zero) return " is outside " + range.substr(0, range.find(' '));
  const std::size_t comma = range.find(", ");
  return " is neither " + range.substr(0, comma) + " nor in " + range.substr(comma + 2);
}

RefusedValue of_size(const SchemaEntry& entry, std::uint64_t size) {
  json::value value = json::object{};
  if (entry.type == ValueType::text_list) value = json::array{};
  for (std::uint64_t index = 0; index < size; ++index) {
    const std::string name = "n" + std::to_string(index);
    if (entry.type == ValueType::text_list) value.get_array().emplace_back(name);
    if (entry.type == ValueType::text_map) value.get_object().emplace(name, "x");
  }
  return {value, std::to_string(size) + ' ' + std::string{entry.unit} + outside(entry)};
}

RefusedValue of_number(const SchemaEntry& entry, std::uint64_t number) {
  if (entry.type == ValueType::integer) return {number, std::to_string(number) + outside(entry)};
  if (entry.type == ValueType::duration)
    return {json::string{milliseconds(number)}, milliseconds(number) + outside(entry)};
  return of_size(entry, number);
}

}  // namespace

std::vector<RefusedValue> values_out_of_range(const SchemaEntry& entry) {
  if (entry.type == ValueType::text || entry.type == ValueType::choice || entry.type == ValueType::boolean) return {};
  std::vector<RefusedValue> values{of_number(entry, entry.maximum + 1)};
  if (entry.type == ValueType::integer) values.push_back({-1, "-1" + outside(entry)});
  // Zero may be allowed although it is below the minimum.
  if (entry.minimum > (entry.or_zero ? 1u : 0u)) values.push_back(of_number(entry, entry.minimum - 1));
  return values;
}

std::vector<json::value> values_of_other_types(const SchemaEntry& entry) {
  std::vector<json::value> values{nullptr, 1.5};
  const bool is_text = entry.type == ValueType::text;
  if (!is_text) values.emplace_back("an odd text");
  if (entry.type != ValueType::integer) values.emplace_back(7);
  if (entry.type != ValueType::boolean) values.emplace_back(true);
  if (entry.type != ValueType::text_list) values.emplace_back(json::array{"x"});
  if (entry.type != ValueType::text_map) values.emplace_back(json::object{{"x", "y"}});
  return values;
}

}  // namespace plugbroker::config
