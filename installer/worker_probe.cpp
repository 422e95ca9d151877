// SPDX-License-Identifier: Apache-2.0
#include "installer/worker_probe.h"

#include <windows.h>

#include <array>
#include <cwchar>
#include <filesystem>
#include <string>

#include "broker_core/win/path_trust.h"
#include "broker_core/win/utf16.h"
#include "installer/file_changes.h"
#include "installer/plan/dotnet_need.h"

namespace plugbroker::installer {
namespace {

constexpr std::size_t most_versions = 256;

bool has_name(const std::filesystem::path& path, const wchar_t* name) {
  return _wcsicmp(path.filename().c_str(), name) == 0;
}

bool regular_file(const std::filesystem::path& path) {
  std::error_code error;
  return std::filesystem::is_regular_file(path, error);
}

// The app itself: the dll that dotnet.exe is given, else the program.
std::filesystem::path app_of(const config::PoolConfig& pool) {
  const std::filesystem::path program{win::to_utf16(pool.command.front())};
  if (pool.command.size() < 2) return program;
  const std::filesystem::path argument{win::to_utf16(pool.command[1])};
  const bool is_dll = _wcsicmp(argument.extension().c_str(), L".dll") == 0;
  return is_dll && regular_file(argument) ? argument : program;
}

std::filesystem::path registered_dotnet() {
  std::array<wchar_t, MAX_PATH + 1> text{};
  DWORD size = sizeof text;
  const LSTATUS status =
      RegGetValueW(HKEY_LOCAL_MACHINE, LR"(SOFTWARE\dotnet\Setup\InstalledVersions\x64)", L"InstallLocation",
                   RRF_RT_REG_SZ | RRF_SUBKEY_WOW6432KEY, nullptr, text.data(), &size);
  return status == ERROR_SUCCESS ? std::filesystem::path{text.data()} : std::filesystem::path{};
}

std::filesystem::path dotnet_root(const config::PoolConfig& pool) {
  const std::filesystem::path program{win::to_utf16(pool.command.front())};
  if (has_name(program, L"dotnet.exe")) return program.parent_path();
  for (const char* name : {"DOTNET_ROOT_X64", "DOTNET_ROOT"}) {
    const auto found = pool.environment.find(name);
    if (found != pool.environment.end()) return win::to_utf16(found->second);
  }
  if (std::filesystem::path registered = registered_dotnet(); !registered.empty()) return registered;
  std::array<wchar_t, MAX_PATH + 1> folder{};
  const DWORD size = GetEnvironmentVariableW(L"ProgramFiles", folder.data(), static_cast<DWORD>(folder.size()));
  return size == 0 || size >= folder.size() ? std::filesystem::path{LR"(C:\Program Files\dotnet)"}
                                            : std::filesystem::path{folder.data()} / L"dotnet";
}

std::vector<std::string> versions_in(const std::filesystem::path& folder) {
  std::vector<std::string> versions;
  std::error_code error;
  for (std::filesystem::directory_iterator at{folder, error}, end; !error && at != end; at.increment(error)) {
    if (versions.size() == most_versions) break;
    versions.push_back(win::to_utf8(at->path().filename().native()));
  }
  return versions;
}

void probe_dotnet(const config::PoolConfig& pool, WorkerFact& fact) {
  std::filesystem::path runtime_config = app_of(pool);
  runtime_config.replace_extension(L".runtimeconfig.json");
  if (!regular_file(runtime_config)) return;
  const Result<std::string> text = read_text(runtime_config);
  if (!text) return;
  const Result<std::vector<DotnetFramework>> needed = needed_frameworks(*text);
  if (!needed.ok()) {
    fact.needs = "what " + win::to_utf8(runtime_config.native()) + " says";
    fact.dotnet_looked_in = "no folder, since that can't be read: " + needed.status().message;
    return;
  }
  const std::filesystem::path root = dotnet_root(pool);
  fact.dotnet_looked_in = win::to_utf8(root.native());
  fact.dotnet_found = true;
  for (const DotnetFramework& framework : *needed) {
    fact.needs += (fact.needs.empty() ? "" : ", ") + framework.name + " " + framework.version;
    const std::vector<std::string> installed = versions_in(root / L"shared" / win::to_utf16(framework.name));
    fact.dotnet_found = fact.dotnet_found && version_serves(framework.version, installed);
  }
}

}  // namespace

std::vector<Weakness> weaknesses_of(const std::filesystem::path& file, const std::vector<std::string>& trusted) {
  std::vector<Weakness> weaknesses;
  for (const win::PathWeakness& one : win::path_weaknesses(file, trusted)) {
    weaknesses.push_back({.problem = win::sentence(one), .remedy = one.remedy});
  }
  return weaknesses;
}

WorkerFact probe_worker(const config::PoolConfig& pool, const std::vector<std::string>& trusted) {
  WorkerFact fact{.pool = pool.name, .program = pool.command.front()};
  fact.exists = regular_file(win::to_utf16(fact.program));
  if (fact.exists) fact.weaknesses = weaknesses_of(app_of(pool), trusted);
  probe_dotnet(pool, fact);
  return fact;
}

}  // namespace plugbroker::installer
