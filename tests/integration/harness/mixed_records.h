// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace plugbroker::harness {

/// One call as the client that made it wrote it down (mixed_caller).
struct MixedCall {
  std::string id;
  std::string kind;
  std::string status;
  bool worker_received = false;
  unsigned sent = 0;  ///< Messages.
  unsigned got = 0;
  bool wrong_reply = false;
  std::uint64_t latency_us = 0;

  friend bool operator==(const MixedCall&, const MixedCall&) = default;
};

/// What the workers wrote down of one call.
struct MixedExecution {
  unsigned began = 0;
  unsigned ended = 0;
  bool ok = false;
  unsigned in = 0;
  unsigned out = 0;
};

struct MixedRecords {
  std::vector<MixedCall> calls;
  std::map<std::string, std::uint64_t> started;  ///< Calls by session, as it counted them when it made them.
  std::map<std::string, MixedExecution> executions;
};

/// Reads every client-*.txt and worker-*.txt of a folder. A line that is none is a HarnessError.
[[nodiscard]] MixedRecords read_mixed_records(const std::filesystem::path& folder);

/// What else happened while the calls were made.
enum class Surroundings : std::uint8_t {
  calm,   ///< Nothing: every call that its client did not break off ends ok.
  faults  ///< Workers ended, hung, were replaced and drained: a call may fail, and its worker may not come to its end.
};

/// One sentence, at most 50, for each call that is not accounted for exactly once: without an outcome or with two;
/// executed twice, or not at all though it was ok; executed though its client was told that no worker received it;
/// executed though nobody made it; begun and never ended; ended ok with other messages than the client sent and got;
/// ended otherwise than its kind can in such surroundings. Among faults, a call that was begun may have no end, unless
/// it was ok.
[[nodiscard]] std::vector<std::string> contradictions(const MixedRecords& records,
                                                      Surroundings surroundings = Surroundings::calm);

}  // namespace plugbroker::harness
