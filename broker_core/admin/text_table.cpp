// SPDX-License-Identifier: Apache-2.0
#include "broker_core/admin/text_table.h"

#include <algorithm>
#include <string_view>

namespace plugbroker::admin {
namespace {

std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0u) != 0x80; }));
}

std::string two_units(std::int64_t large, const char* large_unit, std::int64_t small, const char* small_unit) {
  std::string text = std::to_string(large) + large_unit;
  if (small != 0) text += ' ' + std::to_string(small) + small_unit;
  return text;
}

}  // namespace

void TextTable::add_line(std::vector<std::string> cells) {
  lines_.push_back(std::move(cells));
}

std::string TextTable::text() const {
  std::vector<std::size_t> widths;
  for (const auto& line : lines_) {
    widths.resize(std::max(widths.size(), line.size()));
    for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], width_of(line[i]));
  }
  std::string text;
  for (const auto& line : lines_) {
    for (std::size_t i = 0; i < line.size(); ++i) {
      text += line[i];
      if (i + 1 < line.size()) text.append(widths[i] - width_of(line[i]) + 2, ' ');
    }
    text += '\n';
  }
  return text;
}

std::string time_text(std::int64_t milliseconds) {
  const std::int64_t seconds = milliseconds / 1000;
  const std::int64_t minutes = seconds / 60;
  const std::int64_t hours = minutes / 60;
  if (milliseconds < 1000) return std::to_string(milliseconds) + " ms";
  if (seconds < 60) return std::to_string(seconds) + " s";
  if (minutes < 60) return two_units(minutes, " min", seconds % 60, " s");
  if (hours < 24) return two_units(hours, " h", minutes % 60, " min");
  return two_units(hours / 24, " d", hours % 24, " h");
}

std::string bytes_text(std::int64_t bytes) {
  constexpr std::int64_t kib = 1024;
  constexpr std::int64_t mib = kib * 1024;
  constexpr std::int64_t gib = mib * 1024;
  const auto tenths = [bytes](std::int64_t unit) {
    return std::to_string(bytes / unit) + '.' + std::to_string(bytes % unit * 10 / unit);
  };
  if (bytes < kib) return std::to_string(bytes) + " B";
  if (bytes < mib) return std::to_string(bytes / kib) + " KiB";
  return bytes < gib ? tenths(mib) + " MiB" : tenths(gib) + " GiB";
}

}  // namespace plugbroker::admin
