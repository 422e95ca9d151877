// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <windows.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "broker_core/base/status.h"
#include "broker_core/engine/commands.h"
#include "broker_core/runtime/evidence_document.h"
#include "broker_core/win/launch_spec.h"
#include "broker_core/win/worker_job.h"

namespace plugbroker::win {

/// A worker of which a case is to be kept.
struct FailedWorker {
  WorkerId worker;
  std::string pool;
  DWORD process_id = 0;
  std::shared_ptr<WorkerRecord> record;
  std::shared_ptr<const WorkerProcess> process;  ///< Null when it has ended.
  std::optional<std::uint32_t> exit_code;        ///< When it has ended.
  DumpKind dump = DumpKind::off;
  std::shared_ptr<const engine::EvidenceCase> known;
};

/// The folders of cases, each with case.json, stderr.txt and, if one could be taken, worker.dmp (docs/OPERATIONS.md).
///
/// Never more than `max_cases`: the oldest go. What is not named like a case is left alone.
class EvidenceWriter {
 public:
  EvidenceWriter(std::filesystem::path folder, std::uint32_t max_cases, std::uint64_t max_dump_bytes)
      : folder_(std::move(folder)), max_cases_(max_cases), max_dump_bytes_(max_dump_bytes) {}

  /// Of a case: where its dump goes. The folder is made by whoever comes first, the dump or write().
  [[nodiscard]] std::filesystem::path dump_file(runtime::WallTime time, const FailedWorker& worker) const;

  /// Writes the case. Waits at most `patience` for the process's end, and as long for the rest of its stderr. `dump`
  /// says what became of the dump; a file of one that failed, or grew too large, is deleted. Returns the case's folder.
  [[nodiscard]] Result<std::filesystem::path> write(runtime::WallTime time, const FailedWorker& worker,
                                                    const Status& dump, std::chrono::milliseconds patience) const;

 private:
  [[nodiscard]] Result<std::filesystem::path> write_case(runtime::WallTime time, const FailedWorker& worker,
                                                         const Status& dump,
                                                         std::chrono::milliseconds patience) const;
  [[nodiscard]] std::filesystem::path case_folder(runtime::WallTime time, const FailedWorker& worker) const;
  void settle_dump(const std::filesystem::path& file, const Status& dump, runtime::EvidenceFacts& facts) const;
  void delete_oldest() const;

  std::filesystem::path folder_;
  std::uint32_t max_cases_;
  std::uint64_t max_dump_bytes_;
};

}  // namespace plugbroker::win
