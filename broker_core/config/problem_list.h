// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace plugbroker::config {

/// What is wrong with a configuration, one line each: "/pools/markdown/max_workers: 0 is outside 1..256".
///
/// Keeps the first 100 and counts the rest. Escapes what comes from the file.
class ProblemList {
 public:
  /// `path` is a JSON pointer.
  void add(std::string_view path, std::string_view problem);
  /// Whether add() was called for exactly this path.
  [[nodiscard]] bool concerns(std::string_view path) const { return paths_.contains(std::string{path}); }
  [[nodiscard]] bool empty() const { return lines_.empty(); }
  /// The lines in the order of add(); the last one says how many were left out, if any.
  [[nodiscard]] std::vector<std::string> lines() const;

 private:
  std::vector<std::string> lines_;
  std::set<std::string> paths_;
  std::size_t left_out_ = 0;
};

/// `path` with one more step; `/` and `~` in the key become `~1` and `~0`, as JSON pointers have it.
[[nodiscard]] std::string path_below(std::string_view path, std::string_view key);

}  // namespace plugbroker::config
