// SPDX-License-Identifier: Apache-2.0
// Any text is a configuration, or there is at least one printable line that says why not.
#include <algorithm>
#include <string>

#include "broker_core/config/config_reader.h"
#include "tests/fuzz/fuzz_check.h"
#include "tests/fuzz/fuzz_input.h"

namespace {

bool is_printable(const std::string& line) {
  return !line.empty() && std::ranges::none_of(line, [](char byte) { return byte >= 0 && byte < 0x20; });
}

bool exists(const std::string& path, plugbroker::config::PathKind kind) {
  return path.ends_with(".exe") == (kind == plugbroker::config::PathKind::file);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using plugbroker::fuzz::require;
  const std::vector<char> text(data, data + size);
  const auto first = plugbroker::config::read_config({text.data(), text.size()}, exists);
  require(first.config.has_value() == first.problems.empty(), "there is a configuration or a problem");
  require(std::ranges::all_of(first.problems, is_printable), "problems are printable lines");
  const auto second = plugbroker::config::read_config({text.data(), text.size()}, exists);
  require(first.problems == second.problems, "the same text has the same problems");
  return 0;
}
