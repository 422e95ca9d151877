// SPDX-License-Identifier: Apache-2.0
#include "installer/plan/command_line_text.h"

#include <algorithm>
#include <cctype>

namespace plugbroker::installer {
namespace {

constexpr std::string_view blanks = " \t";

std::string lower_case(std::string_view text) {
  std::string lower{text};
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) {
    return c < 0x80 ? static_cast<char>(std::tolower(c)) : static_cast<char>(c);
  });
  return lower;
}

// The end of a program that has no quotation marks: behind ".exe" and before a blank or the end, else the first blank.
std::size_t unquoted_program_end(std::string_view text) {
  constexpr std::string_view extension = ".exe";
  const std::string lower = lower_case(text);
  for (std::size_t at = lower.find(extension); at != std::string::npos; at = lower.find(extension, at + 1)) {
    const std::size_t end = at + extension.size();
    if (end == lower.size() || blanks.find(lower[end]) != std::string_view::npos) return end;
  }
  return std::min(text.find_first_of(blanks), text.size());
}

// Takes one argument off `text` by the C runtime's rules.
std::string take_argument(std::string_view& text) {
  std::string argument;
  bool quoted = false;
  std::size_t at = 0;
  while (at < text.size() && (quoted || blanks.find(text[at]) == std::string_view::npos)) {
    std::size_t backslashes = 0;
    while (at < text.size() && text[at] == '\\') ++backslashes, ++at;
    if (at < text.size() && text[at] == '"') {
      argument.append(backslashes / 2, '\\');
      if (backslashes % 2 != 0) {
        argument += '"';
      } else if (quoted && at + 1 < text.size() && text[at + 1] == '"') {
        argument += '"';
        ++at;
      } else {
        quoted = !quoted;
      }
      ++at;
      continue;
    }
    argument.append(backslashes, '\\');
    if (backslashes == 0) argument += text[at++];
  }
  text.remove_prefix(at);
  return argument;
}

void skip_blanks(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
}

}  // namespace

std::string quoted_argument(std::string_view argument) {
  std::string text = "\"";
  std::size_t backslashes = 0;
  for (const char c : argument) {
    if (c == '\\') {
      ++backslashes;
      continue;
    }
    text.append(c == '"' ? backslashes * 2 + 1 : backslashes, '\\');
    backslashes = 0;
    text += c;
  }
  text.append(backslashes * 2, '\\');
  return text + '"';
}

std::string service_command_line(std::string_view program, std::string_view config_path, std::string_view service_name,
                                 std::string_view default_name) {
  // A program's own quotation is simpler: it has neither a quotation mark nor a backslash at its end.
  std::string text = "\"" + std::string{program} + "\" run --config " + quoted_argument(config_path);
  if (service_name != default_name) text += " --service-name " + quoted_argument(service_name);
  return text;
}

Status check_no_variable(std::string_view command_line) {
  if (std::ranges::count(command_line, '%') < 2) return {};
  return {StatusCode::invalid_argument,
          "a service can't be started by a path with two percent signs, between which "
          "Windows reads the name of a variable: " +
              std::string{command_line}};
}

CommandLineParts split_command_line(std::string_view command_line) {
  CommandLineParts parts;
  std::string_view rest = command_line;
  skip_blanks(rest);
  if (rest.starts_with('"')) {
    rest.remove_prefix(1);
    const std::size_t end = std::min(rest.find('"'), rest.size());
    parts.program = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  } else {
    const std::size_t end = unquoted_program_end(rest);
    parts.program = rest.substr(0, end);
    parts.program_is_certain = parts.program.find_first_of(blanks) == std::string::npos;
    rest.remove_prefix(end);
  }
  for (skip_blanks(rest); !rest.empty(); skip_blanks(rest)) parts.arguments.push_back(take_argument(rest));
  return parts;
}

std::vector<std::string> option_values(const std::vector<std::string>& arguments, std::string_view option) {
  const std::string with_value = std::string{option} + "=";
  std::vector<std::string> values;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i].starts_with(with_value)) values.push_back(arguments[i].substr(with_value.size()));
    if (arguments[i] == option && i + 1 < arguments.size()) values.push_back(arguments[++i]);
  }
  return values;
}

}  // namespace plugbroker::installer
