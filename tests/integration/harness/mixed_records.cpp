// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/harness/mixed_records.h"

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include "tests/integration/harness/windows_handle.h"

namespace plugbroker::harness {
namespace {

constexpr std::size_t most_sentences = 50;

void read_client_line(std::istringstream& words, const std::string& first, MixedRecords& records) {
  if (first == "session") {
    std::string name;
    std::uint64_t calls = 0;
    words >> name >> calls;
    records.started[name] += calls;
    return;
  }
  MixedCall call;
  std::string received;
  std::string note;
  words >> call.id >> call.kind >> call.status >> received >> call.sent >> call.got >> note >> call.latency_us;
  call.worker_received = received == "received";
  call.wrong_reply = note != "fine";
  records.calls.push_back(std::move(call));
}

void read_worker_line(std::istringstream& words, const std::string& first, MixedRecords& records) {
  std::string id;
  words >> id;
  MixedExecution& execution = records.executions[id];
  if (first == "began") {
    ++execution.began;
    return;
  }
  std::string how;
  words >> how >> execution.in >> execution.out;
  ++execution.ended;
  execution.ok = how == "ok";
}

void read_file(const std::filesystem::path& path, bool of_client, MixedRecords& records) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string first;
    words >> first;
    const bool known = of_client ? first == "session" || first == "call" : first == "began" || first == "ended";
    if (known) (of_client ? read_client_line : read_worker_line)(words, first, records);
    if (!known || words.fail()) throw HarnessError("not a record: " + line);
  }
}

bool status_fits(const MixedCall& call) {
  if (call.kind == "cancelled") return call.status == "cancelled";
  if (call.kind == "expired" || call.kind == "hang") return call.status == "deadline_exceeded";
  if (call.kind == "broken_off") return call.status == "cancelled" || call.status == "ok";
  return call.status == "ok";
}

/// Failures that somebody else's fault explains. Not `cancelled`: only a client cancels. Not `internal` or `unknown`:
/// those would be the broker's own.
bool is_failure_by_fault(const std::string& status) {
  return status == "unavailable" || status == "resource_exhausted" || status == "deadline_exceeded";
}

std::string fault_of(const MixedCall& call, const MixedExecution& execution, Surroundings surroundings) {
  const bool excused = surroundings == Surroundings::faults && is_failure_by_fault(call.status);
  const bool may_be_unended = surroundings == Surroundings::faults && call.status != "ok";
  if (!status_fits(call) && !excused) return "ended in a way that its kind can't";
  if (call.wrong_reply) return "got a wrong reply";
  if (execution.began > 1) return "was executed " + std::to_string(execution.began) + " times";
  if (execution.ended < execution.began && !may_be_unended) return "was begun and never ended";
  if (execution.began != 0 && !call.worker_received && call.status != "ok") {
    return "was executed, and its client was told that no worker received it";
  }
  if (call.status != "ok" || call.kind == "broken_off") return {};
  if (execution.began == 0 || !execution.ok) return "was ok for its client, but not for its worker";
  if (execution.in != call.sent || execution.out != call.got) {
    return "had " + std::to_string(call.sent) + " messages sent and " + std::to_string(call.got) +
           " got, but its worker saw " + std::to_string(execution.in) + " and gave " + std::to_string(execution.out);
  }
  return {};
}

}  // namespace

MixedRecords read_mixed_records(const std::filesystem::path& folder) {
  MixedRecords records;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("client-")) read_file(entry.path(), true, records);
    if (name.starts_with("worker-")) read_file(entry.path(), false, records);
  }
  return records;
}

std::vector<std::string> contradictions(const MixedRecords& records, Surroundings surroundings) {
  std::vector<std::string> found;
  const auto add = [&](std::string sentence) {
    if (found.size() < most_sentences) found.push_back(std::move(sentence));
  };
  std::set<std::string_view> told;
  std::map<std::string, std::uint64_t> outcomes;
  for (const MixedCall& call : records.calls) {
    if (!told.insert(call.id).second) add(call.id + " ended twice");
    ++outcomes[call.id.substr(0, call.id.rfind('-'))];
    const auto entry = records.executions.find(call.id);
    const MixedExecution execution = entry == records.executions.end() ? MixedExecution{} : entry->second;
    const std::string fault = fault_of(call, execution, surroundings);
    if (!fault.empty()) add(call.id + " (" + call.kind + ", " + call.status + ") " + fault);
  }
  for (const auto& [session, calls] : records.started) {
    if (outcomes[session] != calls) {
      add(session + " made " + std::to_string(calls) + " calls and saw " + std::to_string(outcomes[session]) + " ends");
    }
  }
  for (const auto& [session, ends] : outcomes) {
    if (!records.started.contains(session)) add(session + " did not come to its end");
  }
  for (const auto& [id, execution] : records.executions) {
    if (!told.contains(id)) add(id + " was executed, but no client knows of it");
  }
  return found;
}

}  // namespace plugbroker::harness
