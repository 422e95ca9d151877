// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/object.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace plugbroker::harness {

/// One pool of a configuration. Settings that a test does not name keep the product's defaults.
struct PoolText {
  std::string name;
  std::vector<std::string> command;
  std::vector<std::string> routes;
  boost::json::object settings{};     ///< Such as {"concurrency": 4}.
  boost::json::object environment{};  ///< Beside what .NET needs under Wine.
};

/// Settings for exactly so many workers.
[[nodiscard]] inline boost::json::object workers(unsigned count) {
  return {{"min_workers", count}, {"max_workers", count}};
}

/// A pool of the staged sample worker, with its routes echo, markdown.to_html and text.stats.
[[nodiscard]] PoolText documents_pool(boost::json::object settings = workers(1));

/// A pool of its own for the sample worker's route sleep, so that calls that last hold up no others.
[[nodiscard]] PoolText sleepers_pool(boost::json::object settings = workers(1));

/// A pool of the worker that misbehaves as its mode says. The pool has
/// the name of the mode.
[[nodiscard]] PoolText misbehaving_pool(const std::string& mode, std::vector<std::string> routes,
                                        boost::json::object settings = workers(1));

struct ConfigText {
  std::string pipe;
  std::string admin_pipe;
  std::filesystem::path log_folder;
  std::vector<PoolText> pools;
  boost::json::object
      top{};  ///< Further keys, such as {"limits", {…}}; a pipe or a log named here goes before those above.
};

[[nodiscard]] std::string to_json(const ConfigText& config);

}  // namespace plugbroker::harness
