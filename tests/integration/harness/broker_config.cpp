// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/harness/broker_config.h"

#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>

#include <utility>

#include "tests/integration/harness/test_folder.h"
#include "tests/integration/harness/text_encoding.h"

namespace plugbroker::harness {

namespace json = boost::json;

namespace {

PoolText pool_of_documents(const std::string& name, std::vector<std::string> routes, json::object settings) {
  return {.name = name,
          .command = {narrow((stage() / "workers" / "documents" / "Documents.exe").wstring())},
          .routes = std::move(routes),
          .settings = std::move(settings)};
}

}  // namespace

PoolText documents_pool(json::object settings) {
  return pool_of_documents("documents", {"echo", "markdown.to_html", "text.stats"}, std::move(settings));
}

PoolText sleepers_pool(json::object settings) {
  return pool_of_documents("sleepers", {"sleep"}, std::move(settings));
}

PoolText misbehaving_pool(const std::string& mode, std::vector<std::string> routes, json::object settings) {
  std::vector<std::string> command{narrow(misbehaving_worker().wstring()), mode};
  command.insert(command.end(), routes.begin(), routes.end());
  return {.name = mode, .command = std::move(command), .routes = std::move(routes), .settings = std::move(settings)};
}

std::string to_json(const ConfigText& config) {
  json::object pools;
  for (const PoolText& pool : config.pools) {
    json::object entry = pool.settings;
    entry["command"] = json::value_from(pool.command);
    entry["routes"] = json::value_from(pool.routes);
    json::object environment = pool.environment;
    environment["DOTNET_EnableWriteXorExecute"] = "0";  // .NET dies without it under Wine 8.
    entry["environment"] = std::move(environment);
    pools[pool.name] = std::move(entry);
  }
  json::object root = config.top;
  if (!root.contains("pipe")) root["pipe"] = config.pipe;
  if (!root.contains("admin_pipe")) root["admin_pipe"] = config.admin_pipe;
  if (!root.contains("log")) root["log"] = {{"level", "debug"}};
  json::object& log = root["log"].as_object();
  if (!log.contains("folder")) log["folder"] = narrow(config.log_folder.wstring());
  // Under Wine nothing comes of a dump of a .NET process, and until its time is up the worker takes a place in its
  // pool.
  if (!root.contains("evidence")) root["evidence"] = {{"dump_timeout", "500ms"}};
  // A service with a pool that never gets ready would start for half a minute.
  if (!root.contains("ready_timeout")) root["ready_timeout"] = "2s";
  // Wine ignores much of what confines workers, and the tests run there.
  if (!root.contains("token_check")) root["token_check"] = "report";
  root["pools"] = std::move(pools);
  return json::serialize(root);
}

}  // namespace plugbroker::harness
