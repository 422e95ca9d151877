// SPDX-License-Identifier: Apache-2.0
#include "broker_core/config/nearest_name.h"

#include <algorithm>
#include <vector>

namespace plugbroker::config {
namespace {

constexpr std::size_t longest_compared = 64;

// Levenshtein's distance: insertions, deletions and replacements.
std::size_t edits_between(std::string_view left, std::string_view right) {
  std::vector<std::size_t> row(right.size() + 1);
  for (std::size_t j = 0; j < row.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= left.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= right.size(); ++j) {
      const std::size_t replaced = diagonal + (left[i - 1] == right[j - 1] ? 0u : 1u);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row.back();
}

}  // namespace

std::string_view nearest_name(std::string_view given, std::span<const std::string_view> known) {
  given = given.substr(0, longest_compared);
  std::string_view nearest;
  std::size_t fewest = longest_compared;
  for (const std::string_view name : known) {
    const std::size_t edits = edits_between(given, name);
    if (edits < fewest && edits * 3 <= std::max(given.size(), name.size())) {
      fewest = edits;
      nearest = name;
    }
  }
  return nearest;
}

}  // namespace plugbroker::config
