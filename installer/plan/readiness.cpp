// SPDX-License-Identifier: Apache-2.0
#include "installer/plan/readiness.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

namespace plugbroker::installer {
namespace {

namespace json = boost::json;

bool serves(const json::value& pool) {
  return std::ranges::any_of(pool.at("workers").as_array(), [](const json::value& worker) {
    const json::string& state = worker.at("state").as_string();
    return state == "ready" || state == "busy";
  });
}

Status unexpected_form(const std::exception& error) {
  return {StatusCode::data_loss, "the status document is not as expected: " + std::string{error.what()}};
}

}  // namespace

Result<std::set<std::string>> serving_pools(const std::string& status_document) {
  std::set<std::string> names;
  try {
    const json::value status = json::parse(status_document);
    for (const json::value& pool : status.at("pools").as_array()) {
      if (serves(pool)) names.emplace(pool.at("name").as_string());
    }
  } catch (const std::exception& error) {  // Boost.JSON's.
    return unexpected_form(error);
  }
  return names;
}

Result<std::string> missing_to_serve(const std::string& status_document, const std::set<std::string>& served_before) {
  try {
    const json::value status = json::parse(status_document);
    if (status.at("state").as_string() != "running") return "it is " + std::string{status.at("state").as_string()};
    for (const json::value& pool : status.at("pools").as_array()) {
      const std::string name{pool.at("name").as_string()};
      const bool keeps_workers = pool.at("min_workers").to_number<int>() > 0;
      if (served_before.contains(name) && keeps_workers && !serves(pool)) {
        return "pool " + name +
               " served before and has no worker that is ready: " + std::string{pool.at("last_failure").as_string()};
      }
    }
  } catch (const std::exception& error) {  // Boost.JSON's.
    return unexpected_form(error);
  }
  return std::string{};
}

}  // namespace plugbroker::installer
