// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/hostile/log_grammar.h"

#include <algorithm>
#include <array>

namespace plugbroker::hostile {
namespace {

constexpr std::string_view time_shape = "dddd-dd-ddTdd:dd:dd.dddZ";
constexpr std::array<std::string_view, 4> levels{"debug", "information", "warning", "error"};
constexpr std::array<std::string_view, 9> field_order{"pool",    "route", "worker", "session", "call",
                                                      "process", "image", "sid",    "message"};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool has_shape(std::string_view text, std::string_view shape) {
  return text.size() == shape.size() && std::ranges::equal(text, shape, [](char c, char expected) {
           return expected == 'd' ? is_digit(c) : c == expected;
         });
}

bool is_plain(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '_' || c == '-' ||
         c == '/';
}

/// Takes what is before the next blank off `rest`, and the blank.
std::string_view next_word(std::string_view& rest) {
  const std::string_view word = rest.substr(0, rest.find(' '));
  rest.remove_prefix(std::min(rest.size(), word.size() + 1));
  return word;
}

/// Takes a value off `rest`, and a blank behind it.
std::optional<std::string> next_value(std::string_view& rest) {
  std::size_t end = 0;
  std::string value;
  if (rest.starts_with('"')) {
    for (end = 1; end < rest.size() && rest[end] != '"'; ++end) {
      if (static_cast<unsigned char>(rest[end]) < 0x20) return std::nullopt;
      if (rest[end] == '\\') value += rest[end++];
      if (end < rest.size()) value += rest[end];
    }
    if (end >= rest.size()) return std::nullopt;
    ++end;
  } else {
    while (end < rest.size() && is_plain(rest[end])) value += rest[end++];
    if (end == 0) return std::nullopt;
  }
  rest.remove_prefix(end);
  if (rest.empty()) return value;
  if (rest.front() != ' ') return std::nullopt;
  rest.remove_prefix(1);
  return rest.empty() ? std::nullopt : std::optional(value);
}

}  // namespace

std::optional<LogLine> read_log_line(std::string_view line) {
  LogLine read;
  if (!has_shape(next_word(line), time_shape)) return std::nullopt;
  read.level = next_word(line);
  if (std::ranges::find(levels, read.level) == levels.end()) return std::nullopt;
  read.event = next_word(line);
  if (read.event.empty() || !std::ranges::all_of(read.event, is_plain)) return std::nullopt;
  auto next_field = field_order.begin();
  while (!line.empty()) {
    const std::size_t equals = line.find('=');
    const auto field = std::find(next_field, field_order.end(), line.substr(0, equals));
    if (equals == std::string_view::npos || field == field_order.end()) return std::nullopt;
    line.remove_prefix(equals + 1);
    std::optional<std::string> value = next_value(line);
    if (!value) return std::nullopt;
    read.fields.emplace(*field, *std::move(value));
    next_field = field + 1;
  }
  return read;
}

std::vector<LogLine> read_log(std::string_view log, std::vector<std::string>& malformed) {
  std::vector<LogLine> lines;
  for (std::size_t end = log.find('\n'); end != std::string_view::npos; end = log.find('\n')) {
    std::string_view text = log.substr(0, end);
    log.remove_prefix(end + 1);
    if (text.ends_with('\r')) text.remove_suffix(1);
    if (std::optional<LogLine> line = read_log_line(text)) {
      lines.push_back(*std::move(line));
    } else {
      malformed.emplace_back(text);
    }
  }
  return lines;
}

}  // namespace plugbroker::hostile
