// SPDX-License-Identifier: Apache-2.0
#include "broker_core/runtime/output_lines.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace plugbroker::runtime {

void LineRate::turn_over(TimePoint now) {
  if (now - second_started_ < std::chrono::seconds{1}) return;
  second_started_ = now;
  passed_ = 0;
  reported_ += std::exchange(dropped_, 0);
}

bool LineRate::admit(TimePoint now) {
  turn_over(now);
  if (passed_ < limits::max_output_lines_per_second) {
    ++passed_;
    return true;
  }
  ++dropped_;
  return false;
}

std::uint64_t LineRate::take_dropped(TimePoint now) {
  turn_over(now);
  return std::exchange(reported_, 0);
}

std::uint64_t LineRate::take_dropped_at_end() {
  return std::exchange(reported_, 0) + std::exchange(dropped_, 0);
}

void OutputLines::feed(ByteView bytes) {
  std::string_view rest = as_text(bytes);
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    append(rest.substr(0, end));
    if (end == std::string_view::npos) return;
    emit();
    rest.remove_prefix(end + 1);
  }
}

void OutputLines::finish() {
  emit();
}

void OutputLines::append(std::string_view piece) {
  while (!piece.empty()) {
    if (line_.size() == limits::max_output_line_bytes) emit();
    const std::size_t taken = std::min(limits::max_output_line_bytes - line_.size(), piece.size());
    line_.append(piece.substr(0, taken));
    piece.remove_prefix(taken);
  }
}

void OutputLines::emit() {
  if (!line_.empty() && line_.back() == '\r') line_.pop_back();
  if (!line_.empty()) on_line_(line_);
  line_.clear();
}

}  // namespace plugbroker::runtime
