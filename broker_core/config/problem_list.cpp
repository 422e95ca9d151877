// SPDX-License-Identifier: Apache-2.0
#include "broker_core/config/problem_list.h"

#include "broker_core/base/escaped_text.h"

namespace plugbroker::config {
namespace {

constexpr std::size_t most_lines = 100;
constexpr std::size_t longest_path = 400;
constexpr std::size_t longest_problem = 1000;

}  // namespace

void ProblemList::add(std::string_view path, std::string_view problem) {
  if (lines_.size() == most_lines) {
    ++left_out_;
    return;
  }
  paths_.emplace(path);
  // The path of the whole document is empty.
  lines_.push_back((path.empty() ? "" : escaped_text(path, EscapeStyle::plain, longest_path) + ": ") +
                   escaped_text(problem, EscapeStyle::plain, longest_problem));
}

std::vector<std::string> ProblemList::lines() const {
  std::vector<std::string> lines = lines_;
  if (left_out_ > 0) lines.push_back("and " + std::to_string(left_out_) + " more");
  return lines;
}

std::string path_below(std::string_view path, std::string_view key) {
  std::string below{path};
  below += '/';
  for (const char byte : key) {
    if (byte == '~') {
      below += "~0";
    } else if (byte == '/') {
      below += "~1";
    } else {
      below += byte;
    }
  }
  return below;
}

}  // namespace plugbroker::config
