// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "broker_core/config/schema_table.h"

/// The parts of the schema table, a file each, and the words in which they are written. For these files and
/// schema_table.cpp only.
namespace plugbroker::config {

/// Everything but the pools: `/pipe`, `/log/*`, `/limits/*`, `/quotas/*` and so on.
[[nodiscard]] std::span<const SchemaEntry> broker_settings();
/// What a pool has directly: `/pools/*/command` and so on.
[[nodiscard]] std::span<const SchemaEntry> pool_settings();
/// The objects in a pool: `/pools/*/recycle/*`, `/pools/*/breaker/*`, `/pools/*/process/*`.
[[nodiscard]] std::span<const SchemaEntry> pool_object_settings();

inline constexpr std::uint64_t second = 1'000;  ///< As SchemaEntry counts durations.
inline constexpr std::uint64_t minute = 60 * second;
inline constexpr std::uint64_t hour = 60 * minute;
inline constexpr std::uint64_t mebibyte = 1024 * 1024;
inline constexpr std::uint64_t tebibyte = mebibyte * mebibyte;
/// What a Windows command line or path can hold, and a little less.
inline constexpr std::uint64_t longest_text = 32'000;

inline constexpr std::string_view pipe_pattern = R"(^\\\\\.\\pipe\\[A-Za-z0-9._-]{0,127}[A-Za-z0-9_-]$)";
inline constexpr std::string_view route_pattern = "^[A-Za-z0-9._/-]{1,255}$";
inline constexpr std::string_view absolute_path_pattern = R"(^([A-Za-z]:[\\/]|\\\\[^\\/]))";
inline constexpr std::string_view access_pattern =
    R"(^D:P?(\([AD];;(0x1|1|GA|GX);;;([A-Z]{2}|S-1(-[0-9]+){2,})\)){1,64}$)";
inline constexpr std::string_view time_of_day_pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$";

/// The member of an enumeration whose members are numbered as `names` are; `name` is one of them.
template <typename Enumeration, std::size_t count>
Enumeration choice_of(const std::array<std::string_view, count>& names, const std::string& name) {
  return static_cast<Enumeration>(std::ranges::find(names, name) - names.begin());
}

// What a Value holds, by the type of its entry.
inline const std::string& text(const Value& value) {
  return std::get<std::string>(value);
}
inline std::uint64_t number(const Value& value) {
  return std::get<std::uint64_t>(value);
}
inline std::uint32_t small(const Value& value) {
  return static_cast<std::uint32_t>(number(value));
}
inline bool truth(const Value& value) {
  return std::get<bool>(value);
}
inline Duration duration(const Value& value) {
  return std::get<Duration>(value);
}
inline const std::vector<std::string>& list(const Value& value) {
  return std::get<std::vector<std::string>>(value);
}

}  // namespace plugbroker::config
