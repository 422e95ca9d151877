// SPDX-License-Identifier: Apache-2.0
#include "service/evidence_setup.h"

#include <windows.h>

#include <string>
#include <utility>

#include "broker_core/win/folder_rights.h"
#include "broker_core/win/utf16.h"
#include "broker_core/win/windows_error.h"
#include "service/data_folders.h"
#include "service/process_hardening.h"
#include "service/service_identity.h"

namespace plugbroker::service {
namespace {

constexpr std::size_t longest_path = 32768;

Result<std::filesystem::path> program_folder() {
  std::wstring path(longest_path, L'\0');
  const DWORD length = GetModuleFileNameW(nullptr, path.data(), static_cast<DWORD>(path.size()));
  const DWORD error = GetLastError();
  if (length == 0 || length >= path.size()) return win::windows_error(error, "GetModuleFileNameW", std::string_view{});
  path.resize(length);
  return std::filesystem::path(path).parent_path();
}

Result<std::optional<win::EvidenceSettings>> settings_of(const config::EvidenceConfig& config, RunMode mode,
                                                         std::string_view owner_sid) {
  const auto folder = evidence_folder_path(config, mode);
  if (!folder) return folder.status();
  if (!*folder) return std::optional<win::EvidenceSettings>{};
  const Result<std::filesystem::path> programs = program_folder();
  if (!programs) return programs.status();
  const std::string rights = win::folder_rights(owner_sid, win::modify_rights);
  if (Status status = win::make_folder_with_rights(**folder, rights); !status.ok()) return status;
  return std::optional<win::EvidenceSettings>{{.folder = **folder,
                                               .max_cases = config.max_cases,
                                               .max_dump_bytes = config.max_dump_bytes,
                                               .dump_timeout = config.dump_timeout,
                                               .dump_helper = {(*programs / dump_program).native()}}};
}

}  // namespace

Result<std::optional<std::filesystem::path>> evidence_folder_path(const config::EvidenceConfig& config, RunMode mode) {
  using Choice = std::optional<std::filesystem::path>;
  if (config.max_cases == 0) return Choice{};
  if (!config.folder.empty()) return Choice{win::to_utf16(config.folder)};
  if (mode == RunMode::console) return Choice{};
  Result<std::filesystem::path> folder = default_evidence_folder();
  if (!folder) return folder.status();
  return Choice{std::move(*folder)};
}

std::optional<win::EvidenceSettings> open_evidence(const config::EvidenceConfig& config, RunMode mode,
                                                   std::string_view owner_sid, LogSink& log) {
  auto settings = settings_of(config, mode, owner_sid);
  if (settings.ok() && *settings) label_for_service(win::to_utf8((*settings)->folder.native()), mode, log);
  if (settings.ok()) return std::move(*settings);
  log.write({.level = LogLevel::warning, .event = "evidence_unavailable", .message = settings.status().message});
  return std::nullopt;
}

}  // namespace plugbroker::service
