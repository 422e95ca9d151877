// SPDX-License-Identifier: Apache-2.0
#include "service/config_trust.h"

#include <filesystem>
#include <set>
#include <system_error>

#include "broker_core/config/config_file.h"
#include "broker_core/win/deployed_program.h"
#include "broker_core/win/path_trust.h"
#include "broker_core/win/route_access.h"
#include "broker_core/win/utf16.h"

namespace plugbroker::service {
namespace {

std::vector<std::string> problems_of(const std::filesystem::path& file, const ConfigTrust& trust) {
  const auto trusted = win::trusted_writers(trust.service_name, trust.writers);
  if (!trusted.ok()) return {trusted.status().message};
  std::vector<std::string> problems;
  for (const win::PathWeakness& weakness : win::path_weaknesses(file, *trusted)) {
    problems.push_back(win::sentence(weakness) +
                       "; whoever can change the configuration decides what runs under the service's account, so it is "
                       "not used. To mend it: " +
                       weakness.remedy);
  }
  if (!problems.empty()) {
    problems.push_back("on a machine where that is meant to be so, name the account by --trust-writer SID");
  }
  return problems;
}

/// The program, and what else is deployed and decides what runs: `dotnet.exe worker.dll`.
std::set<std::filesystem::path> programs_of(const win::LaunchSpec& spec) {
  std::set<std::filesystem::path> files;
  if (spec.command.empty()) return files;
  files.emplace(win::to_utf16(spec.command.front()));
  if (const auto deployed = win::deployed_program(spec); deployed.ok()) {
    files.emplace(win::to_utf16(spec.command.at(deployed->argument)));
  }
  return files;
}

}  // namespace

config::ConfigOutcome load_trusted_config(const std::string& path, const ConfigTrust& trust) {
  std::error_code error;
  const std::filesystem::path file = std::filesystem::absolute(win::to_utf16(path), error);
  if (!error && std::filesystem::exists(file, error)) {
    if (std::vector<std::string> problems = problems_of(file, trust); !problems.empty()) {
      return {std::nullopt, std::move(problems)};
    }
  }
  return config::load_config(path, config::path_exists, win::route_access_problem);
}

void log_writable_programs(const std::vector<win::LaunchSpec>& specs, const ConfigTrust& trust, LogSink& log) {
  const auto trusted = win::trusted_writers(trust.service_name, trust.writers);
  if (!trusted.ok()) return;  // Then the configuration was not read either.
  for (const win::LaunchSpec& spec : specs) {
    for (const std::filesystem::path& file : programs_of(spec)) {
      const std::vector<win::PathWeakness> weaknesses = win::path_weaknesses(file, *trusted);
      if (weaknesses.empty()) continue;
      const std::string more =
          weaknesses.size() == 1 ? "" : " (and " + std::to_string(weaknesses.size() - 1) + " more like it)";
      log.write({.level = LogLevel::warning,
                 .event = "program_writable",
                 .message = "others can change what the pool runs, " + win::to_utf8(file.native()) + ": " +
                            win::sentence(weaknesses.front()) + more + ". To mend it: " + weaknesses.front().remedy,
                 .pool = spec.pool});
    }
  }
}

void log_trusted_writers(const std::vector<std::string>& writers, LogSink& log) {
  for (const std::string& sid : writers) {
    log.write({.level = LogLevel::warning,
               .event = "config_writer_trusted",
               .message = sid + " may change what this service runs: it was started with --trust-writer"});
  }
}

}  // namespace plugbroker::service
