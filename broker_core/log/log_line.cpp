// SPDX-License-Identifier: Apache-2.0
#include "broker_core/log/log_line.h"

#include <algorithm>
#include <string_view>

#include "broker_core/base/escaped_text.h"

namespace plugbroker::log {
namespace {

constexpr std::size_t longest_message = 8 * 1024;
constexpr std::size_t longest_name = 64;
constexpr std::size_t longest_route = 255;
constexpr std::size_t longest_image = 512;
constexpr std::size_t longest_sid = 184;

// `number` with at least `width` digits.
void append_padded(std::string& to, std::int64_t number, std::size_t width) {
  const std::string digits = std::to_string(number);
  to.append(width > digits.size() ? width - digits.size() : 0, '0');
  to += digits;
}

void append_time(std::string& to, WallTime time) {
  const auto days = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{days};
  const std::chrono::hh_mm_ss clock{std::chrono::floor<std::chrono::milliseconds>(time - days)};
  append_padded(to, static_cast<int>(date.year()), 4);
  to += '-';
  append_padded(to, static_cast<unsigned>(date.month()), 2);
  to += '-';
  append_padded(to, static_cast<unsigned>(date.day()), 2);
  to += 'T';
  append_padded(to, clock.hours().count(), 2);
  to += ':';
  append_padded(to, clock.minutes().count(), 2);
  to += ':';
  append_padded(to, clock.seconds().count(), 2);
  to += '.';
  append_padded(to, clock.subseconds().count(), 3);
  to += 'Z';
}

bool is_name_byte(char byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') || byte == '.' ||
         byte == '_' || byte == '-' || byte == '/';
}

// Bare when it is a name, otherwise escaped and in quotes.
std::string name_text(std::string_view name, std::size_t longest = longest_name) {
  if (name.size() <= longest && std::ranges::all_of(name, is_name_byte)) return std::string{name};
  return '"' + escaped_text(name, EscapeStyle::quoted, longest) + '"';
}

void append_number(std::string& to, std::string_view key, std::uint64_t number) {
  if (number == 0) return;
  to += key;
  to += std::to_string(number);
}

}  // namespace

std::string log_line(const LogRecord& record, WallTime time) {
  std::string line;
  line.reserve(128 + record.message.size());
  append_time(line, time);
  line += ' ';
  line += to_string(record.level);
  line += ' ';
  line += record.event.empty() ? "unnamed" : name_text(record.event);
  if (!record.pool.empty()) line += " pool=" + name_text(record.pool);
  if (!record.route.empty()) line += " route=" + name_text(record.route, longest_route);
  append_number(line, " worker=", record.worker);
  append_number(line, " session=", record.session);
  append_number(line, " call=", record.call);
  append_number(line, " process=", record.process);
  if (!record.image.empty()) line += " image=" + name_text(record.image, longest_image);
  if (!record.sid.empty()) line += " sid=" + name_text(record.sid, longest_sid);
  if (!record.message.empty()) {
    line += " message=\"" + escaped_text(record.message, EscapeStyle::quoted, longest_message) + '"';
  }
  return line;
}

}  // namespace plugbroker::log
