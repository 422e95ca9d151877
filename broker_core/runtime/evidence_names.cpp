// SPDX-License-Identifier: Apache-2.0
#include "broker_core/runtime/evidence_names.h"

#include <algorithm>
#include <cstdint>

namespace plugbroker::runtime {
namespace {

// With '0' for any digit.
constexpr std::string_view time_form = "00000000T000000.000Z-";

void append_padded(std::string& to, std::int64_t number, std::size_t width) {
  const std::string digits = std::to_string(number);
  to.append(width > digits.size() ? width - digits.size() : 0, '0');
  to += digits;
}

std::string time_text(WallTime time, std::string_view date_separator, std::string_view clock_separator) {
  const auto days = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{days};
  const std::chrono::hh_mm_ss clock{time - days};
  std::string text;
  append_padded(text, static_cast<int>(date.year()), 4);
  text += date_separator;
  append_padded(text, static_cast<unsigned>(date.month()), 2);
  text += date_separator;
  append_padded(text, static_cast<unsigned>(date.day()), 2);
  text += 'T';
  append_padded(text, clock.hours().count(), 2);
  text += clock_separator;
  append_padded(text, clock.minutes().count(), 2);
  text += clock_separator;
  append_padded(text, clock.seconds().count(), 2);
  text += '.';
  append_padded(text, clock.subseconds().count(), 3);
  return text + 'Z';
}

bool is_case_name(std::string_view name) {
  if (name.size() <= time_form.size()) return false;
  return std::ranges::equal(name.substr(0, time_form.size()), time_form, [](char given, char form) {
    return form == '0' ? given >= '0' && given <= '9' : given == form;
  });
}

}  // namespace

std::string utc_text(WallTime time) {
  return time_text(time, "-", ":");
}

std::string case_name(WallTime time, std::string_view pool, WorkerId worker) {
  return time_text(time, "", "") + '-' + std::string(pool) + '-' + std::to_string(worker.value);
}

std::vector<std::string> cases_to_delete(std::vector<std::string> names, std::size_t max_cases) {
  std::erase_if(names, [](const std::string& name) { return !is_case_name(name); });
  if (names.size() <= max_cases) return {};
  std::ranges::sort(names);
  names.resize(names.size() - max_cases);
  return names;
}

}  // namespace plugbroker::runtime
