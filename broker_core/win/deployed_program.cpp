// SPDX-License-Identifier: Apache-2.0
#include "broker_core/win/deployed_program.h"

#include <windows.h>

#include <string>
#include <system_error>

#include "broker_core/win/utf16.h"

namespace plugbroker::win {
namespace {

bool equal_ignoring_case(const std::wstring& left, const std::wstring& right) {
  return CompareStringOrdinal(left.data(), static_cast<int>(left.size()), right.data(), static_cast<int>(right.size()),
                              TRUE) == CSTR_EQUAL;
}

/// A relative one is relative to where the worker runs.
std::filesystem::path full_path(const LaunchSpec& spec, const std::string& argument) {
  std::filesystem::path path = to_utf16(argument);
  if (path.is_relative() && !spec.working_directory.empty()) path = to_utf16(spec.working_directory) / path;
  return path.lexically_normal();
}

bool is_library(const std::filesystem::path& path) {
  std::error_code error;
  return path.is_absolute() && equal_ignoring_case(path.extension().native(), L".dll") &&
         std::filesystem::is_regular_file(path, error);
}

bool lies_in(const std::filesystem::path& file, const std::filesystem::path& folder) {
  return equal_ignoring_case(file.parent_path().native(), folder.native());
}

}  // namespace

Result<DeployedProgram> deployed_program(const LaunchSpec& spec) {
  for (std::size_t i = 1; i < spec.command.size(); ++i) {
    const std::filesystem::path path = full_path(spec, spec.command[i]);
    if (is_library(path)) return DeployedProgram{.folder = path.parent_path(), .argument = i};
  }
  const std::filesystem::path program =
      spec.command.empty() ? std::filesystem::path{} : full_path(spec, spec.command[0]);
  if (program.is_absolute()) return DeployedProgram{.folder = program.parent_path(), .argument = 0};
  return {StatusCode::invalid_argument,
          "the files of pool " + spec.pool + " can't be watched: its program has no absolute path"};
}

LaunchSpec started_from_copy(const LaunchSpec& spec, const DeployedProgram& deployed,
                             const std::filesystem::path& copy) {
  LaunchSpec made = spec;
  for (const std::size_t argument : {std::size_t{0}, deployed.argument}) {
    const std::filesystem::path file = full_path(spec, spec.command[argument]);
    if (lies_in(file, deployed.folder)) made.command[argument] = to_utf8((copy / file.filename()).native());
  }
  return made;
}

}  // namespace plugbroker::win
