// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/chaos/chaos_report.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace plugbroker::chaos {
namespace {

void line(std::string& page, const std::string& what, const std::string& value, const std::string& second = {}) {
  char text[160];
  std::snprintf(text, sizeof(text), "  %-34s %14s %14s", what.c_str(), value.c_str(), second.c_str());
  page += text;
  page.erase(page.find_last_not_of(' ') + 1);
  page += '\n';
}

std::string fixed(double value) {
  char text[64];
  std::snprintf(text, sizeof(text), "%.1f", value);
  return text;
}

std::string mebibytes(std::uint64_t bytes) {
  return fixed(static_cast<double>(bytes) / (1024.0 * 1024.0));
}

template <typename Counts>
void count_lines(std::string& page, const Counts& counts) {
  for (const auto& [what, count] : counts) line(page, what, std::to_string(count));
}

}  // namespace

double percentile_ms(const std::vector<std::uint64_t>& sorted_us, double percent) {
  if (sorted_us.empty()) return 0;
  const auto rank = static_cast<std::size_t>(std::ceil(percent / 100.0 * static_cast<double>(sorted_us.size())));
  return static_cast<double>(sorted_us[std::clamp<std::size_t>(rank, 1, sorted_us.size()) - 1]) / 1000.0;
}

std::string report_text(const ChaosFigures& figures, const harness::MixedRecords& records) {
  std::map<std::string, std::uint64_t> outcomes;
  std::vector<std::uint64_t> latencies;
  for (const harness::MixedCall& call : records.calls) {
    ++outcomes[call.status];
    if (call.status == "ok") latencies.push_back(call.latency_us);
  }
  std::ranges::sort(latencies);

  std::string page = "Chaos run: " + std::to_string(figures.seconds) + " s of faults, " +
                     std::to_string(figures.sessions) + " sessions, seed " + std::to_string(figures.seed) + "\n\n";
  page += "Calls by outcome\n";
  count_lines(page, outcomes);
  line(page, "all", std::to_string(records.calls.size()));
  line(page, "contradictions of the ledgers", std::to_string(figures.contradictions));
  page += "\nLatency of calls that were ok, ms\n";
  for (const double percent : {50.0, 95.0, 99.0}) {
    line(page, "p" + std::to_string(static_cast<int>(percent)), fixed(percentile_ms(latencies, percent)));
  }
  line(page, "max", fixed(percentile_ms(latencies, 100.0)));
  page += "\nFaults injected\n";
  count_lines(page, figures.faults);
  page += "\nWorkers\n";
  line(page, "started", std::to_string(figures.workers_started));
  line(page, "failed", std::to_string(figures.workers_failed));
  line(page, "evidence cases kept", std::to_string(figures.evidence_cases));
  page += "\nRecycles by reason\n";
  count_lines(page, figures.recycles);
  page += "\nThe service at rest\n";
  line(page, "", "before", "after");
  const BrokerSize& before = figures.before;
  const BrokerSize& after = figures.after;
  line(page, "handles", std::to_string(before.handles), std::to_string(after.handles));
  line(page, "threads", std::to_string(before.threads), std::to_string(after.threads));
  line(page, "private memory, MiB", mebibytes(before.private_bytes), mebibytes(after.private_bytes));
  line(page, "worker processes", std::to_string(before.workers), std::to_string(after.workers));
  line(page, "processes left after the stop", "", std::to_string(figures.processes_left));
  return page;
}

}  // namespace plugbroker::chaos
