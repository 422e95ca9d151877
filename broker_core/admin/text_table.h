// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace plugbroker::admin {

/// Lines of cells, printed in columns as wide as their widest cell and two spaces apart. The last cell of a line is not
/// padded. Width counts UTF-8 characters.
class TextTable {
 public:
  void add_line(std::vector<std::string> cells);
  [[nodiscard]] std::string text() const;

 private:
  std::vector<std::vector<std::string>> lines_;
};

/// A time for people: "250 ms", "12 s", "5 min 3 s", "2 h 5 min", "3 d 4 h".
[[nodiscard]] std::string time_text(std::int64_t milliseconds);

/// An amount of memory for people: "900 B", "12 KiB", "3.4 MiB", "1.2 GiB". Cut, not rounded.
[[nodiscard]] std::string bytes_text(std::int64_t bytes);

}  // namespace plugbroker::admin
