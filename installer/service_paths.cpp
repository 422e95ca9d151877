// SPDX-License-Identifier: Apache-2.0
#include "installer/service_paths.h"

#include <windows.h>

#include <utility>
#include <vector>

#include "broker_core/config/config_file.h"
#include "broker_core/win/known_folders.h"
#include "broker_core/win/service_sid.h"
#include "broker_core/win/utf16.h"
#include "broker_core/win/windows_error.h"
#include "installer/plan/command_line_text.h"
#include "installer/scm_service_entry.h"
#include "installer/scm_settings.h"
#include "service/service_identity.h"

namespace plugbroker::installer {
namespace {

constexpr std::size_t longest_path = 32'768;

std::string absolute_path(const std::string& path) {
  if (path.empty()) return path;
  std::error_code error;
  const std::filesystem::path absolute = std::filesystem::absolute(win::to_utf16(path), error);
  return error ? path : win::to_utf8(absolute.native());
}

bool file_is_there(const std::string& path) {
  std::error_code error;
  return std::filesystem::is_regular_file(win::to_utf16(path), error);
}

}  // namespace

Result<std::filesystem::path> own_service_program() {
  std::vector<wchar_t> name(longest_path);
  const DWORD size = GetModuleFileNameW(nullptr, name.data(), static_cast<DWORD>(name.size()));
  const DWORD error = GetLastError();
  if (size == 0) return win::windows_error(error, "GetModuleFileNameW", std::string_view{});
  std::filesystem::path program = std::filesystem::path{name.data()}.parent_path() / service::service_program;
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(program, ignored)) {
    return {StatusCode::failed_precondition, "there is no " + win::to_utf8(program.native()) + " beside this program"};
  }
  return program;
}

Result<std::filesystem::path> data_folder() {
  const Result<std::filesystem::path> program_data = win::program_data_folder();
  if (!program_data) return program_data.status();
  return *program_data / service::data_folder;
}

Result<std::optional<ServiceSettings>> registered_service(const std::string& service_name) {
  const auto entry = ScmServiceEntry::open(win::to_utf16(service_name), SERVICE_QUERY_CONFIG);
  if (!entry.ok() && entry.status().code == StatusCode::not_found) return std::optional<ServiceSettings>{};
  if (!entry) return entry.status();
  ServiceSettings settings;
  if (Status status = entry->read_registration(settings); !status.ok()) return status;
  if (settings.start == StartType::automatic) {
    // What a system does not have is not set either.
    static_cast<void>(read_setting(*entry, Setting::delayed_start, settings));
  }
  return std::optional<ServiceSettings>{std::move(settings)};
}

Result<SetupFacts> setup_facts(const InstallCommand& command) {
  const Result<std::filesystem::path> folder = data_folder();
  if (!folder) return folder.status();
  const Result<std::string> sid = win::service_sid(command.service_name);
  if (!sid) return sid.status();
  const Result<std::filesystem::path> program = own_service_program();
  SetupFacts facts{.own_program = program.ok() ? win::to_utf8(program->native()) : "",
                   .data_folder = win::to_utf8(folder->native()),
                   .default_config = win::to_utf8((*folder / service::config_file).native()),
                   .default_service_name = win::to_utf8(service::default_service_name),
                   .service_sid = *sid,
                   .description = win::to_utf8(service::description),
                   .event_message_file = win::to_utf8(service::event_message_file),
                   .event_categories = service::event_category_count,
                   .registered = std::nullopt,
                   .registered_program_exists = false};
  Result<std::optional<ServiceSettings>> registered = registered_service(command.service_name);
  if (!registered) return registered.status();
  facts.registered = std::move(*registered);
  if (facts.registered) {
    facts.registered_program_exists = file_is_there(split_command_line(facts.registered->command_line).program);
  }
  return facts;
}

InstallCommand with_absolute_paths(InstallCommand command) {
  command.config_path = absolute_path(command.config_path);
  command.from = absolute_path(command.from);
  return command;
}

PipeNames pipe_names(const std::string& config_path) {
  const config::ConfigOutcome outcome = config::load_config(config_path, config::path_exists);
  if (!outcome.config) return {.pipe = R"(\\.\pipe\PlugBroker)", .admin_pipe = R"(\\.\pipe\PlugBroker.Admin)"};
  return {.pipe = outcome.config->pipe, .admin_pipe = outcome.config->admin_pipe};
}

}  // namespace plugbroker::installer
