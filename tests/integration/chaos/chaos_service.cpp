// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/chaos/chaos_service.h"

#include <algorithm>
#include <boost/json/serialize.hpp>

#include "tests/integration/harness/eventually.h"
#include "tests/integration/harness/host_environment.h"
#include "tests/integration/harness/windows_handle.h"

namespace plugbroker::chaos {

namespace json = boost::json;

using harness::eventually;
using harness::HarnessError;

ChaosService::ChaosService(const std::filesystem::path& records)
    : pools_(make_pools(records)), service_(pools_.options(0)) {
  service_.start();
}

ChaosPools ChaosService::make_pools(const std::filesystem::path& records) const {
  const std::filesystem::path original = harness::misbehaving_worker();
  const std::filesystem::path copy = folder_.path() / "worker";
  std::filesystem::copy(original.parent_path(), copy, std::filesystem::copy_options::recursive);
  return {.leaky_program = copy / original.filename(), .records = records, .folder = folder_.path()};
}

harness::Finished ChaosService::control(std::vector<std::string> arguments) const {
  arguments.insert(arguments.end(), {"--admin-pipe", service_.admin_pipe()});
  return harness::run({.program = harness::product_program("plugbrokerctl.exe"),
                       .arguments = std::move(arguments),
                       .output = folder_.path() / "control.txt",
                       .environment = harness::host_environment()});
}

std::vector<ShownWorker> ChaosService::workers() const {
  std::vector<ShownWorker> found;
  const json::object status = service_.status();
  for (const json::value& pool : status.at("pools").as_array()) {
    for (const json::value& worker : pool.at("workers").as_array()) {
      const json::string& state = worker.at("state").as_string();
      if (state != "ready" && state != "busy") continue;
      found.push_back({.pool = std::string(pool.at("name").as_string()),
                       .id = worker.at("id").to_number<std::uint64_t>(),
                       .process_id = worker.at("process_id").to_number<std::uint32_t>()});
    }
  }
  return found;
}

void ChaosService::write_bad_config() const {
  harness::write_whole_file(service_.config_file(), R"({"pools": {"one": {"command": [], "max_worker": 0}}})");
}

void ChaosService::come_to_rest() const {
  const auto count_is = [&](const std::string& pool, std::size_t wanted) {
    const json::object shown = service_.pool(pool);
    return shown.at("workers").as_array().size() == wanted && service_.workers(pool).size() == wanted;
  };
  const auto wait_for = [&](const std::string& pool, std::size_t wanted) {
    if (!eventually([&] { return count_is(pool, wanted); })) {
      throw HarnessError("the pool " + pool + " does not come to " + std::to_string(wanted) + " workers:\n" +
                         json::serialize(service_.pool(pool)));
    }
  };
  for (const char* verb : {"drain", "resume"}) {
    for (const auto& [pool, at_rest] : workers_at_rest()) {
      const harness::Finished done = control({verb, pool});
      if (done.exit_code != 0) throw HarnessError(verb + (" " + pool) + ": " + done.output);
    }
    for (const auto& [pool, at_rest] : workers_at_rest()) wait_for(pool, verb[0] == 'd' ? 0 : at_rest);
  }
}

std::size_t ChaosService::evidence_cases() const {
  std::error_code error;
  const std::filesystem::directory_iterator cases(folder_.path() / "evidence", error);
  return error ? 0 : static_cast<std::size_t>(std::ranges::count_if(begin(cases), end(cases), [](const auto& entry) {
    return entry.is_directory();
  }));
}

}  // namespace plugbroker::chaos
