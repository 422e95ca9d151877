// SPDX-License-Identifier: Apache-2.0
#include "broker_core/config/schema_table.h"

#include "broker_core/config/setting_groups.h"

namespace plugbroker::config {
namespace {

std::vector<SchemaEntry> all_settings() {
  std::vector<SchemaEntry> entries;
  for (const auto group : {broker_settings(), pool_settings(), pool_object_settings()}) {
    entries.insert(entries.end(), group.begin(), group.end());
  }
  return entries;
}

}  // namespace

std::string_view to_string(ValueType type) noexcept {
  switch (type) {
    case ValueType::text:
      return "text";
    case ValueType::integer:
      return "whole number";
    case ValueType::boolean:
      return "true or false";
    case ValueType::duration:
      return "duration";
    case ValueType::choice:
      return "choice";
    case ValueType::text_list:
      return "list of texts";
    case ValueType::text_map:
      return "object of texts";
  }
  return "unrecognised";
}

std::span<const SchemaEntry> schema_table() {
  static const std::vector<SchemaEntry> entries = all_settings();
  return entries;
}

std::string_view key_of(const SchemaEntry& entry) {
  return entry.path.substr(entry.path.rfind('/') + 1);
}

std::string_view parent_of(const SchemaEntry& entry) {
  return entry.path.substr(0, entry.path.rfind('/'));
}

}  // namespace plugbroker::config
