// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <boost/program_options/options_description.hpp>
#include <boost/program_options/variables_map.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "broker_core/base/result.h"

namespace plugbroker::admin {

/// invalid_argument, for a command line that makes no sense. `message` is for people.
[[nodiscard]] Status usage_error(std::string message);

/// The command line of the product's programs: "COMMAND [WORDS] [options]", in any order. UTF-8.
class CommandLine {
 public:
  /// An option that is none of `options`, lacks its value or comes twice is a usage error, and so are more words than
  /// `most_words`, the command included.
  [[nodiscard]] static Result<CommandLine> parse(const std::vector<std::string>& arguments,
                                                 const boost::program_options::options_description& options,
                                                 int most_words);

  [[nodiscard]] bool has(const char* option) const { return given_.count(option) > 0; }
  /// "" when it was not given and has no default.
  [[nodiscard]] std::string text(const char* option) const;
  /// Every value of an option that may be repeated.
  [[nodiscard]] std::vector<std::string> texts(const char* option) const;
  /// What stands there without an option's name; the command comes first.
  [[nodiscard]] const std::vector<std::string>& words() const { return words_; }

  /// The command among `verbs`, or Verb::help and Verb::version for the options of these names. `names` is what the
  /// commands are called in a usage error: "run or console".
  template <typename Verb, std::size_t count>
  [[nodiscard]] Result<Verb> verb(const std::array<std::pair<std::string_view, Verb>, count>& verbs,
                                  std::string_view names) const {
    if (has("help")) return Verb::help;
    if (has("version")) return Verb::version;
    if (words_.empty()) return usage_error("a command is missing: " + std::string{names});
    for (const auto& [name, verb] : verbs) {
      if (name == words_.front()) return verb;
    }
    return usage_error("there is no command \"" + words_.front() + "\": " + std::string{names});
  }

 private:
  boost::program_options::variables_map given_;
  std::vector<std::string> words_;
};

}  // namespace plugbroker::admin
