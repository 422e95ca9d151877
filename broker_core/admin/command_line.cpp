// SPDX-License-Identifier: Apache-2.0
#include "broker_core/admin/command_line.h"

#include <boost/program_options/parsers.hpp>

namespace plugbroker::admin {

namespace po = boost::program_options;

Status usage_error(std::string message) {
  return {StatusCode::invalid_argument, std::move(message)};
}

Result<CommandLine> CommandLine::parse(const std::vector<std::string>& arguments,
                                       const po::options_description& options, int most_words) {
  constexpr const char* words = "command";
  po::options_description all = options;
  all.add_options()(words, po::value<std::vector<std::string>>());
  po::positional_options_description positional;
  positional.add(words, most_words);
  CommandLine line;
  try {
    po::store(po::command_line_parser(arguments).options(all).positional(positional).run(), line.given_);
    po::notify(line.given_);
  } catch (const po::error& error) {
    return usage_error(error.what());
  }
  if (line.has(words)) line.words_ = line.given_[words].as<std::vector<std::string>>();
  return line;
}

std::string CommandLine::text(const char* option) const {
  return has(option) ? given_[option].as<std::string>() : std::string{};
}

std::vector<std::string> CommandLine::texts(const char* option) const {
  return has(option) ? given_[option].as<std::vector<std::string>>() : std::vector<std::string>{};
}

}  // namespace plugbroker::admin
