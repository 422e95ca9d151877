// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "broker_core/base/strong_id.h"
#include "broker_core/engine/commands.h"

namespace plugbroker::runtime {

/// The time of day, in UTC.
using WallTime = std::chrono::sys_time<std::chrono::milliseconds>;

/// What is written down of a worker that failed, beside the end of its stderr and a dump.
struct EvidenceFacts {
  WallTime time{};
  std::string pool;
  WorkerId worker;
  std::uint32_t process_id = 0;
  std::string command_line;                ///< As the process was given it. Its environment is no part of a case.
  std::optional<std::uint32_t> exit_code;  ///< None: it had not ended when the case was written.
  std::shared_ptr<const engine::EvidenceCase> known;
  std::string stderr_file;              ///< The name in the case's folder of what is kept of its stderr.
  std::uint64_t stderr_bytes = 0;       ///< Kept.
  std::uint64_t stderr_bytes_lost = 0;  ///< Printed before what is kept.
  std::string dump_file;                ///< Its name in the case's folder; empty: there is none.
  std::string dump_note;                ///< Why there is none.
};

/// case.json: one JSON object, a member per line, in UTF-8. docs/OPERATIONS.md says what its members mean.
[[nodiscard]] std::string evidence_document(const EvidenceFacts& facts);

}  // namespace plugbroker::runtime
