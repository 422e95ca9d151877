// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/chaos/chaos_pools.h"

#include <vector>

#include "tests/integration/harness/text_encoding.h"

namespace plugbroker::chaos {

namespace json = boost::json;

using harness::narrow;
using harness::PoolText;

namespace {

/// Above what a worker of these tests needs (about 40 MB), below that and one leak of 64 MiB: few workers live long
/// enough for a second one.
constexpr std::uint64_t leaky_private_bytes = 96 * 1024 * 1024;

PoolText pool(const std::string& name, const std::filesystem::path& records, json::object settings) {
  std::vector<std::string> routes;
  for (const char* kind : {"unary", "slow", "stream", "push", "hang", "leak"}) routes.push_back(name + "." + kind);
  settings["restart_backoff_min"] = "10ms";
  settings["restart_backoff_max"] = "200ms";
  settings["cancel_grace"] = "500ms";
  settings["ping_interval"] = "1s";
  settings["ping_timeout"] = "5s";
  settings["breaker"] = {{"failures", 1000}, {"window", "1m"}};
  PoolText text = harness::misbehaving_pool("mixed", std::move(routes), std::move(settings));
  text.name = name;
  text.environment["WORKER_LEDGER"] = narrow(records.wstring());
  return text;
}

}  // namespace

harness::InstalledService::Options ChaosPools::options(unsigned revision) const {
  const bool odd = revision % 2 != 0;
  PoolText one = pool("one", records,
                      {{"min_workers", 3}, {"max_workers", 3}, {"dump", "mini"}, {"queue_limit", odd ? 500 : 1000}});
  PoolText many = pool("many", records,
                       {{"min_workers", 2},
                        {"max_workers", 3},
                        {"idle_timeout", "2s"},
                        {"concurrency", 8},
                        {"sticky_sessions", true},
                        {"dump", "off"},
                        {"recycle", {{"after_calls", odd ? 250 : 300}}}});
  PoolText demand = pool("demand", records,
                         {{"min_workers", 0},
                          {"max_workers", 4},
                          {"spare_workers", 1},
                          {"idle_timeout", "2s"},
                          {"queue_timeout", "5s"},
                          {"concurrency", 2},
                          {"dump", "off"}});
  PoolText leaky =
      pool("leaky", records,
           {{"min_workers", 1},
            {"max_workers", 2},
            {"idle_timeout", "2s"},
            {"concurrency", 4},
            {"dump", "off"},
            {"recycle",
             {{"private_bytes", leaky_private_bytes}, {"on_file_change", true}, {"file_quiet_period", "300ms"}}}});
  leaky.command.front() = narrow(leaky_program.wstring());
  return {.pools = {one, many, demand, leaky},
          .top = {{"log", {{"folder", narrow((folder / "log").wstring())}, {"max_files", 3}}},
                  {"evidence", {{"folder", narrow((folder / "evidence").wstring())}, {"max_cases", 50}}}}};
}

const std::map<std::string, std::size_t>& workers_at_rest() {
  static const std::map<std::string, std::size_t> counts{{"one", 3}, {"many", 2}, {"demand", 1}, {"leaky", 1}};
  return counts;
}

std::string route_prefixes() {
  std::string list;
  for (const auto& [name, count] : workers_at_rest()) list += (list.empty() ? "" : ",") + name + ".";
  return list;
}

}  // namespace plugbroker::chaos
