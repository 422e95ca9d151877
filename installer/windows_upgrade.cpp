// SPDX-License-Identifier: Apache-2.0
#include "installer/windows_upgrade.h"

#include <windows.h>

#include <utility>

#include "broker_core/win/awake_clock.h"
#include "broker_core/win/unique_handle.h"
#include "broker_core/win/utf16.h"
#include "broker_core/win/windows_error.h"
#include "installer/file_changes.h"
#include "installer/folder_removal.h"
#include "installer/object_security.h"
#include "installer/plan/readiness.h"
#include "installer/program_run.h"
#include "installer/scm_service_entry.h"
#include "installer/service_transition.h"

namespace plugbroker::installer {
namespace {

constexpr DWORD ready_look_ms = 200;
constexpr DWORD process_end_ms = 10'000;

std::filesystem::path utf16_path(const std::string& text) {
  return std::filesystem::path{win::to_utf16(text)};
}

// Ok when the program says that it takes the configuration.
Status check_config(const std::filesystem::path& program, const std::string& config) {
  const Result<ProgramEnd> end = run_program(program, {L"check-config", L"--config", win::to_utf16(config)});
  if (!end) return end.status();
  return end->exit_code == 0 ? Status{} : Status{StatusCode::failed_precondition, end->output};
}

}  // namespace

WindowsUpgrade::WindowsUpgrade(UpgradedService service, CommandReport& report)
    : service_(std::move(service)), report_(report) {}

Result<std::vector<std::string>> WindowsUpgrade::files_below(const std::string& folder) {
  const Result<std::vector<std::wstring>> files = list_files(utf16_path(folder));
  if (!files) return files.status();
  std::vector<std::string> texts;
  texts.reserve(files->size());
  for (const std::wstring& file : *files) texts.push_back(win::to_utf8(file));
  return texts;
}

bool WindowsUpgrade::exists(const std::string& path) {
  return GetFileAttributesW(utf16_path(path).c_str()) != INVALID_FILE_ATTRIBUTES;
}

bool WindowsUpgrade::same_content(const std::string& one, const std::string& other) {
  return have_same_content(utf16_path(one), utf16_path(other));
}

Status WindowsUpgrade::copy(const std::string& from, const std::string& to) {
  return copy_over(utf16_path(from), utf16_path(to));
}

Status WindowsUpgrade::move(const std::string& from, const std::string& to) {
  return move_file(utf16_path(from), utf16_path(to));
}

Status WindowsUpgrade::take_rights(const std::string& like, const std::string& path) {
  return take_rights_of(utf16_path(like), utf16_path(path));
}

bool WindowsUpgrade::remove_folder(const std::string& folder) {
  return remove_folder_tree(utf16_path(folder), WhenInUse::remove_at_start);
}

Result<std::string> WindowsUpgrade::read_file(const std::string& path) {
  return read_text(utf16_path(path));
}

Status WindowsUpgrade::write_file(const std::string& path, const std::string& text) {
  return write_durably(utf16_path(path), text);
}

Status WindowsUpgrade::remove_file(const std::string& path) {
  const BOOL removed = DeleteFileW(utf16_path(path).c_str());
  const DWORD error = GetLastError();
  return removed || error == ERROR_FILE_NOT_FOUND ? Status{} : win::windows_error(error, "DeleteFileW", path);
}

Result<bool> WindowsUpgrade::service_runs() {
  const auto service = ScmServiceEntry::open(service_.name, SERVICE_QUERY_STATUS);
  if (!service) return service.status();
  const auto seen = service->observe();
  if (!seen) return seen.status();
  return seen->state != SERVICE_STOPPED;
}

Status WindowsUpgrade::stop_service() {
  const auto service = ScmServiceEntry::open(service_.name, SERVICE_QUERY_STATUS | SERVICE_STOP);
  if (!service) return service.status();
  const auto seen = service->observe();
  const win::UniqueHandle process{seen.ok() && seen->process_id != 0 ? OpenProcess(SYNCHRONIZE, FALSE, seen->process_id)
                                                                     : nullptr};
  if (Status status = stop_and_wait(*service); !status.ok()) return status;
  // It has stopped a moment before its process is gone, whose program could not be removed until then.
  if (process) WaitForSingleObject(process.get(), process_end_ms);
  return {};
}

Status WindowsUpgrade::start_service_and_wait() {
  const auto service = ScmServiceEntry::open(service_.name, SERVICE_QUERY_STATUS | SERVICE_START);
  if (!service) return service.status();
  if (Status status = service->start(); !status.ok()) return status;
  if (const auto seen = wait_for_state(*service, SERVICE_RUNNING); !seen) return seen.status();
  return wait_until_it_serves();
}

Status WindowsUpgrade::wait_until_it_serves() {
  if (!status_known_) {
    report_.step(StepResult::not_verified, "the pools serve as before", "the service could not be asked before");
    return {};
  }
  const win::AwakeClock clock;
  const TimePoint end = clock.now() + service_.ready_timeout;
  std::string missing;
  while (clock.now() < end) {
    const Result<bool> runs = service_runs();
    if (runs.ok() && !*runs) return {StatusCode::aborted, "the service stopped again"};
    const Result<std::string> document = ask_status(service_.admin_pipe);
    const Result<std::string> now = document.ok() ? missing_to_serve(*document, served_before_) : document;
    missing = now.ok() ? *now : now.status().message;
    if (now.ok() && missing.empty()) return {};
    Sleep(ready_look_ms);
  }
  return {StatusCode::deadline_exceeded, "the service does not become ready: " + missing};
}

void WindowsUpgrade::note_service() {
  const Result<std::string> document = ask_status(service_.admin_pipe);
  const auto serving = document.ok() ? serving_pools(*document) : Result<std::set<std::string>>{document.status()};
  status_known_ = serving.ok();
  if (serving.ok()) {
    served_before_ = *serving;
  } else {
    report_.remark("which pools serve can't be told: " + serving.status().message);
  }
}

Status WindowsUpgrade::check_new_version(const std::string& folder) {
  const std::filesystem::path program = utf16_path(folder) / service_.in_version;
  const Result<ProgramEnd> version = run_program(program, {L"--version"});
  if (!version.ok() || version->exit_code != 0) {
    return {StatusCode::failed_precondition,
            "the new version can't be run: " + (version.ok() ? version->output : version.status().message)};
  }
  report_.remark("the new version is " + version->output);
  const Status takes = check_config(program, service_.config_path);
  if (takes.ok()) return {};
  if (!check_config(service_.program, service_.config_path).ok()) {
    report_.remark("neither version starts with the configuration as it is: " + takes.message);
    return {};
  }
  return {StatusCode::failed_precondition, "the new version does not take the configuration: " + takes.message};
}

}  // namespace plugbroker::installer
