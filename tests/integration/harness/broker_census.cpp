// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/harness/broker_census.h"

#include <boost/json/value.hpp>

#include "tests/integration/harness/eventually.h"
#include "tests/integration/harness/process_counts.h"
#include "tests/integration/harness/windows_handle.h"

namespace plugbroker::harness {
namespace {

std::uint64_t number(const boost::json::object& status, const char* key) {
  return status.at(key).to_number<std::uint64_t>();
}

void compare(std::vector<std::string>& found, const char* what, std::uint64_t before, std::uint64_t after) {
  if (after > before)
    found.push_back(what + (": " + std::to_string(before)) + " before, " + std::to_string(after) + " after");
}

}  // namespace

BrokerCensus take_census(const InstalledService& service) {
  const boost::json::object status = service.status();
  BrokerCensus census;
  census.sessions = number(status, "sessions");
  census.half_open_connections = number(status, "half_open_connections");
  census.calls_in_progress = number(status, "calls_in_progress");
  census.buffered_bytes = number(status, "buffered_bytes");
  std::uint64_t outcomes = 0;
  for (const auto& [code, count] : status.at("calls_by_status").as_object())
    outcomes += count.to_number<std::uint64_t>();
  census.calls_without_outcome = number(status, "calls_accepted") - outcomes;
  census.handles = handle_count(service.process_id());
  census.processes = children_of(service.process_id()).size();
  return census;
}

std::vector<std::string> leaks(const BrokerCensus& before, const BrokerCensus& after) {
  std::vector<std::string> found;
  compare(found, "handles", before.handles, after.handles);
  compare(found, "processes", before.processes, after.processes);
  compare(found, "sessions", before.sessions, after.sessions);
  compare(found, "half-open connections", before.half_open_connections, after.half_open_connections);
  compare(found, "calls in progress", before.calls_in_progress, after.calls_in_progress);
  compare(found, "calls without an outcome", before.calls_without_outcome, after.calls_without_outcome);
  compare(found, "buffered bytes", before.buffered_bytes, after.buffered_bytes);
  return found;
}

std::vector<std::string> lasting_leaks(const BrokerCensus& before, const InstalledService& service,
                                       std::chrono::milliseconds patience) {
  std::vector<std::string> found;
  const bool clean = eventually(
      [&] {
        found = leaks(before, take_census(service));
        return found.empty();
      },
      patience);
  return clean ? std::vector<std::string>{} : found;
}

BrokerCensus census_at_rest(const InstalledService& service) {
  BrokerCensus last = take_census(service);
  int unchanged = 0;
  const bool rested = eventually([&] {
    const BrokerCensus now = take_census(service);
    const bool idle = now.sessions == 0 && now.half_open_connections == 0 && now.calls_in_progress == 0;
    unchanged = idle && now.handles == last.handles && now.processes == last.processes ? unchanged + 1 : 0;
    last = now;
    return unchanged == 3;
  });
  if (!rested) throw HarnessError("the service does not come to rest:\n" + service.log());
  return last;
}

std::vector<std::string> leaks_of(const InstalledService& service, const std::function<void()>& work,
                                  std::chrono::milliseconds patience) {
  constexpr int most_rounds = 3;
  std::vector<std::string> found;
  for (int round = 0; round < most_rounds; ++round) {
    const BrokerCensus before = census_at_rest(service);
    work();
    found = lasting_leaks(before, service, patience);
    const bool only_handles = found.size() == 1 && found.front().starts_with("handles: ");
    if (!only_handles) break;
  }
  return found;
}

}  // namespace plugbroker::harness
