// SPDX-License-Identifier: Apache-2.0
#include "installer/plan/dotnet_need.h"

#include <algorithm>
#include <array>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <charconv>
#include <utility>

namespace plugbroker::installer {
namespace {

namespace json = boost::json;

using Version = std::array<unsigned, 3>;

// What follows a dash, of a preview, does not count.
Version parse_version(std::string_view text) {
  Version version{};
  text = text.substr(0, text.find('-'));
  for (unsigned& number : version) {
    std::from_chars(text.data(), text.data() + text.size(), number);
    const std::size_t dot = text.find('.');
    if (dot == std::string_view::npos) break;
    text.remove_prefix(dot + 1);
  }
  return version;
}

DotnetFramework framework_of(const json::value& value) {
  return {.name = std::string{value.at("name").as_string()}, .version = std::string{value.at("version").as_string()}};
}

}  // namespace

Result<std::vector<DotnetFramework>> needed_frameworks(std::string_view runtime_config) {
  std::vector<DotnetFramework> needed;
  try {
    const json::value document = json::parse(runtime_config);
    const json::object& options = document.at("runtimeOptions").as_object();
    if (const json::value* one = options.if_contains("framework")) needed.push_back(framework_of(*one));
    if (const json::value* several = options.if_contains("frameworks")) {
      for (const json::value& one : several->as_array()) needed.push_back(framework_of(one));
    }
  } catch (const std::exception& error) {  // Boost.JSON's.
    return {StatusCode::invalid_argument, error.what()};
  }
  return needed;
}

bool version_serves(std::string_view wanted, const std::vector<std::string>& installed) {
  const Version least = parse_version(wanted);
  return std::ranges::any_of(installed, [&](const std::string& text) {
    const Version version = parse_version(text);
    return version[0] == least[0] && version >= least;
  });
}

}  // namespace plugbroker::installer
