// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "broker_core/config/broker_config.h"

namespace plugbroker::config {

enum class ValueType : std::uint8_t {
  text,       ///< A string.
  integer,    ///< A whole number, not negative.
  boolean,    ///< true or false.
  duration,   ///< A string such as "250ms", "2s", "5m", "1h".
  choice,     ///< One of SchemaEntry::choices.
  text_list,  ///< An array of strings.
  text_map,   ///< An object whose values are strings.
};

[[nodiscard]] std::string_view to_string(ValueType type) noexcept;

/// What a key holds once it was read and checked.
using Value = std::variant<std::string, std::uint64_t, bool, Duration, std::vector<std::string>,
                           std::map<std::string, std::string>>;

/// Where a value goes. `pool` is null outside of /pools.
struct Destination {
  BrokerConfig& broker;
  PoolConfig* pool = nullptr;
};

/// One key of the configuration file.
struct SchemaEntry {
  std::string_view path;  ///< A JSON pointer in which `*` stands for a name.
  ValueType type = ValueType::text;
  std::string_view unit;      ///< Of a number, or of what is counted.
  std::string_view fallback;  ///< What holds when the key is absent; as in the file, but strings without quotes.
  bool required = false;
  /// Inclusive: the number; milliseconds of a duration; bytes of a text; elements of a list or map.
  std::uint64_t minimum = 0;
  std::uint64_t maximum = 0;
  bool or_zero = false;  ///< A number or duration may also be zero, whatever its minimum.
  bool unique = false;   ///< No element of a list may be there twice.
  /// Markdown in one line: what it does, and why that default where it isn't obvious.
  std::string_view description;
  std::span<const std::string_view> choices = {};
  /// What `problem` checks, as far as a regular expression of ECMA-262 says it. For editors; never decides.
  std::string_view pattern = {};
  /// Says what is wrong with a text, with an element of a list or with a name in a map; empty when nothing is.
  std::string (*problem)(std::string_view) = nullptr;
  void (*store)(Destination, const Value&) = nullptr;
};

/// Every key there is, in the order of docs/CONFIG.md. Validation, defaults, that document and the JSON Schema come
/// from this table alone. Its parts are in setting_groups.h.
[[nodiscard]] std::span<const SchemaEntry> schema_table();

/// The last step of a path: "max_workers".
[[nodiscard]] std::string_view key_of(const SchemaEntry& entry);
/// The path without its last step: "/pools/*".
[[nodiscard]] std::string_view parent_of(const SchemaEntry& entry);

}  // namespace plugbroker::config
