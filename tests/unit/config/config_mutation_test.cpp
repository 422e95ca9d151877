// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <algorithm>
#include <random>

#include "tests/unit/config/config_outcome.h"

namespace plugbroker::config {
namespace {

constexpr std::string_view tokens[] = {"{",           "}",      "[",     "]",    ",",
                                       ":",           "\"",     "\\",    "//",   "/*",
                                       "*/",          "\n",     "\0",    "null", "1e999",
                                       "-1",          "\xFF",   "\\u00", "\xC3", "\"log\"",
                                       "0",           "{}",     "~",     "true", "9223372036854775808",
                                       "\"pools\":{", "\\ud800"};

/// One to eight random deletions, insertions, replacements and copies.
std::string mutated(std::string text, std::mt19937& random) {
  const auto below = [&](std::size_t bound) { return static_cast<std::size_t>(random() % bound); };
  for (std::size_t changes = 1 + below(8); changes > 0; --changes) {
    const std::size_t at = below(text.size() + 1);
    const std::string piece = text.substr(at, below(20));
    switch (below(4)) {
      case 0:
        text.erase(at, below(12));
        break;
      case 1:
        text.insert(at, tokens[below(std::size(tokens))]);
        break;
      case 2:
        text.insert(below(text.size() + 1), piece);
        break;
      default:
        text.replace(at, below(3), 1, static_cast<char>(below(256)));
        break;
    }
  }
  return text;
}

bool is_one_printable_line(const std::string& line) {
  return std::none_of(line.begin(), line.end(), [](char byte) { return byte >= 0 && byte < 0x20; });
}

/// Whatever the text is: either a configuration, or at least one printable line that says why not.
TEST(ConfigMutation, AnyTextIsReadOrRefusedWithAReason) {
  const std::string seed =
      "// first\n" +
      with_top_keys(R"("pipe":"\\\\.\\pipe\\A",/* then */"log":{"level":"debug"},"limits":{"max_sessions":2},)") +
      "\n// last";
  std::mt19937 random{20240229};
  int refused = 0;
  for (int round = 0; round < 20'000; ++round) {
    const std::string text = mutated(seed, random);
    const ConfigOutcome outcome = read(text);
    ASSERT_NE(outcome.config.has_value(), !outcome.problems.empty()) << text;
    ASSERT_TRUE(std::all_of(outcome.problems.begin(), outcome.problems.end(), is_one_printable_line)) << text;
    refused += outcome.config.has_value() ? 0 : 1;
  }
  EXPECT_GT(refused, 1000);
  EXPECT_LT(refused, 20'000);
}

}  // namespace
}  // namespace plugbroker::config
