// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "broker_core/base/bytes.h"
#include "broker_core/base/limits.h"
#include "broker_core/base/time.h"

namespace plugbroker::runtime {

/// Lets at most limits::max_output_lines_per_second lines through in each second and counts the rest.
class LineRate {
 public:
  /// True when a line may pass at `now`.
  [[nodiscard]] bool admit(TimePoint now);

  /// Lines dropped in seconds that are over; each is reported once.
  [[nodiscard]] std::uint64_t take_dropped(TimePoint now);

  /// All that were dropped and not reported yet, whatever the time.
  [[nodiscard]] std::uint64_t take_dropped_at_end();

 private:
  void turn_over(TimePoint now);

  TimePoint second_started_{};
  std::uint32_t passed_ = 0;
  std::uint64_t dropped_ = 0;   ///< In the second that runs.
  std::uint64_t reported_ = 0;  ///< In seconds that are over.
};

/// Cuts what a process prints into lines.
///
/// A line ends at a line feed, a carriage return before it is dropped; a longer line than limits::max_output_line_bytes
/// comes in pieces. Holds at most one such piece. Empty lines are left out. Nothing is escaped: that is the log's job.
class OutputLines {
 public:
  using LineHandler = std::function<void(std::string_view)>;

  explicit OutputLines(LineHandler on_line) : on_line_(std::move(on_line)) {}

  void feed(ByteView bytes);
  /// The end of the output: what is left without a line feed is a line too.
  void finish();

 private:
  void append(std::string_view piece);
  void emit();

  LineHandler on_line_;
  std::string line_;
};

}  // namespace plugbroker::runtime
