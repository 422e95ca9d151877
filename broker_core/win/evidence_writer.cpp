// SPDX-License-Identifier: Apache-2.0
#include "broker_core/win/evidence_writer.h"

#include <fstream>
#include <system_error>
#include <utility>
#include <vector>

#include "broker_core/runtime/evidence_names.h"
#include "broker_core/win/folder_deletion.h"
#include "broker_core/win/utf16.h"

namespace plugbroker::win {
namespace {

constexpr const wchar_t* case_file = L"case.json";
constexpr const wchar_t* error_file = L"stderr.txt";
constexpr const wchar_t* dump_name = L"worker.dmp";

Status write_file(const std::filesystem::path& file, std::string_view content) {
  std::ofstream stream(file, std::ios::binary | std::ios::trunc);
  stream.write(content.data(), static_cast<std::streamsize>(content.size()));
  stream.close();
  if (stream) return {};
  return {StatusCode::failed_precondition, "cannot write " + to_utf8(file.native())};
}

std::optional<std::uint32_t> exit_code_of(const FailedWorker& worker, std::chrono::milliseconds patience) {
  if (worker.process == nullptr) return worker.exit_code;
  const HANDLE process = worker.process->process.get();
  DWORD exit_code = 0;
  if (WaitForSingleObject(process, static_cast<DWORD>(patience.count())) != WAIT_OBJECT_0) return std::nullopt;
  if (!GetExitCodeProcess(process, &exit_code)) return std::nullopt;
  return exit_code;
}

}  // namespace

std::filesystem::path EvidenceWriter::case_folder(runtime::WallTime time, const FailedWorker& worker) const {
  return folder_ / to_utf16(runtime::case_name(time, worker.pool, worker.worker));
}

std::filesystem::path EvidenceWriter::dump_file(runtime::WallTime time, const FailedWorker& worker) const {
  return case_folder(time, worker) / dump_name;
}

Result<std::filesystem::path> EvidenceWriter::write(runtime::WallTime time, const FailedWorker& worker,
                                                    const Status& dump, std::chrono::milliseconds patience) const {
  auto written = write_case(time, worker, dump, patience);
  // Also when it could not be written, as on a full disk: its folder is there, perhaps with a dump.
  delete_oldest();
  return written;
}

Result<std::filesystem::path> EvidenceWriter::write_case(runtime::WallTime time, const FailedWorker& worker,
                                                         const Status& dump,
                                                         std::chrono::milliseconds patience) const {
  const std::filesystem::path folder = case_folder(time, worker);
  std::error_code error;
  std::filesystem::create_directory(folder, error);
  if (error) {
    return {StatusCode::failed_precondition, "cannot make " + to_utf8(folder.native()) + ": " + error.message()};
  }
  runtime::EvidenceFacts facts;
  facts.time = time;
  facts.pool = worker.pool;
  facts.worker = worker.worker;
  facts.process_id = worker.process_id;
  facts.command_line = worker.record->command_line;
  facts.exit_code = exit_code_of(worker, patience);
  facts.known = worker.known;
  settle_dump(folder / dump_name, dump, facts);
  (void)worker.record->error_tail.wait_complete(patience);
  const std::string tail = worker.record->error_tail.text();
  facts.stderr_file = to_utf8(error_file);
  facts.stderr_bytes = tail.size();
  facts.stderr_bytes_lost = worker.record->error_tail.lost_bytes();
  if (Status status = write_file(folder / error_file, tail); !status.ok()) return status;
  if (Status status = write_file(folder / case_file, runtime::evidence_document(facts)); !status.ok()) return status;
  return folder;
}

void EvidenceWriter::settle_dump(const std::filesystem::path& file, const Status& dump,
                                 runtime::EvidenceFacts& facts) const {
  std::error_code error;
  facts.dump_note = dump.message;
  if (dump.ok()) {
    const std::uintmax_t bytes = std::filesystem::file_size(file, error);
    if (error) {
      facts.dump_note = "the program that takes the dump left none";
      return;
    }
    if (bytes <= max_dump_bytes_) {
      facts.dump_file = to_utf8(dump_name);
      return;
    }
    facts.dump_note = "the dump was larger than max_dump_bytes, " + std::to_string(max_dump_bytes_);
  }
  std::filesystem::remove(file, error);
}

void EvidenceWriter::delete_oldest() const {
  std::error_code error;
  std::vector<std::string> names;
  for (std::filesystem::directory_iterator place(folder_, error), end; !error && place != end; place.increment(error)) {
    std::error_code ignored;
    if (place->is_directory(ignored)) names.push_back(to_utf8(place->path().filename().native()));
  }
  for (const std::string& name : runtime::cases_to_delete(std::move(names), max_cases_)) {
    (void)delete_folder(folder_ / to_utf16(name));
  }
}

}  // namespace plugbroker::win
