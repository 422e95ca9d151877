// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace plugbroker::hostile {

/// A line of the log, read as docs/OPERATIONS.md says that one is written, without the product's code.
struct LogLine {
  std::string level;
  std::string event;
  std::map<std::string, std::string> fields;  ///< Without their quotes; escapes are left as they are.

  [[nodiscard]] std::string field(const std::string& name) const {
    const auto place = fields.find(name);
    return place == fields.end() ? std::string{} : place->second;
  }
};

/// Nothing when it is not a whole line: a time, a level, an event, and known fields, each at most once and in their
/// order; texts that are no plain names are in quotes and have no control character.
[[nodiscard]] std::optional<LogLine> read_log_line(std::string_view line);

/// The lines of a log, but for a last one that is not finished yet. `malformed` gets those that are none.
[[nodiscard]] std::vector<LogLine> read_log(std::string_view log, std::vector<std::string>& malformed);

}  // namespace plugbroker::hostile
