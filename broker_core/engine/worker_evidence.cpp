// SPDX-License-Identifier: Apache-2.0
#include "broker_core/engine/worker_evidence.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "broker_core/base/limits.h"

namespace plugbroker::engine {
namespace {

std::string trace_id_text(const std::array<std::byte, 16>& id) {
  if (std::ranges::count(id, std::byte{0}) == static_cast<std::ptrdiff_t>(id.size())) return {};
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const std::byte byte : id) {
    text += digits[std::to_integer<std::size_t>(byte >> 4)];
    text += digits[std::to_integer<std::size_t>(byte & std::byte{15})];
  }
  return text;
}

}  // namespace

void note_held_calls(Worker& worker, TimePoint now) {
  if (worker.attached || worker.evidence != nullptr) return;
  worker.evidence = std::make_shared<EvidenceCase>();
  EvidenceCase& noted = *worker.evidence;
  for (const Call* call = worker.calls.front(); call != nullptr; call = worker.calls.next(*call)) {
    if (call->to_worker.id == 0) continue;  // No byte of it was given out.
    ++noted.calls_held;
    if (noted.calls.size() == limits::max_evidence_calls) continue;
    noted.calls.push_back({.route = std::string{call->route},
                           .age = now - call->given_at,
                           .request_bytes = call->request.total,
                           .trace_id = trace_id_text(call->trace_id)});
  }
}

std::shared_ptr<const EvidenceCase> take_evidence(Worker& worker) {
  if (!worker.failure_recorded || std::exchange(worker.evidence_given, true)) return nullptr;
  const std::shared_ptr<EvidenceCase> evidence =
      worker.evidence != nullptr ? std::move(worker.evidence) : std::make_shared<EvidenceCase>();
  evidence->reason = worker.failure;
  return evidence;
}

}  // namespace plugbroker::engine
