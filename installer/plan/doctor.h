// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "broker_core/base/result.h"
#include "installer/plan/command_report.h"
#include "installer/plan/folder_access.h"
#include "installer/plan/service_settings.h"

namespace plugbroker::installer {

/// One setting as it is; `unreadable` says why it can't be told.
struct SettingFact {
  Setting setting = Setting::registration;
  ServiceSettings present;
  std::string unreadable;
};

struct FolderFact {
  std::string path;
  std::string sddl;
  FolderAccess wanted;
  std::string problem;         ///< It is missing, a link, or can't be read.
  bool not_permitted = false;  ///< That problem is only that this process may not look.
};

struct PipeFact {
  std::string name;
  bool opened = false;
  std::string owner;  ///< A SID; empty when it can't be read.
  bool owner_trusted = false;
  bool trusted_by_option_only = false;
  std::string problem;
};

/// That somebody else may change a file, or put another one in its place.
struct Weakness {
  std::string problem;  ///< A sentence.
  std::string remedy;
};

struct WorkerFact {
  std::string pool;
  std::string program;
  bool exists = false;
  std::vector<Weakness> weaknesses = {};
  std::string needs;          ///< "Microsoft.NETCore.App 10.0.0"; empty: no installed .NET.
  bool dotnet_found = false;  ///< Of what it needs.
  std::string dotnet_looked_in;
};

struct PoolFailure {
  std::string pool;
  std::string sentence;
  Duration age{};
};

/// What the machine says; see diagnose.
struct DoctorFacts {
  std::string service_name;
  bool installed = false;
  bool running = false;
  std::string state;           ///< "stopped, exit code 1"
  bool failed_to_run = false;  ///< Stopped, with an exit code that is not zero.
  std::string command_line;
  bool program_exists = false;
  ServiceSettings wanted;  ///< As `configure` would set it.
  std::vector<SettingFact> settings;

  std::vector<FolderFact> folders;
  std::vector<std::string> trusted_owners;
  std::string config_path;
  std::vector<std::string> config_problems;  ///< Empty: the service starts with it.
  bool config_readable = false;
  std::vector<Weakness> config_weaknesses;  ///< By which others decide what the service runs.

  PipeFact public_pipe;
  PipeFact admin_pipe;
  std::optional<std::vector<PoolFailure>> failures;  ///< Nothing when the status can't be had.

  bool event_source_registered = false;
  std::string event_message_file;  ///< As registered.
  bool event_message_file_exists = false;

  std::vector<WorkerFact> workers;
  bool interrupted_upgrade = false;
  bool upgrade_leftovers = false;
};

/// What is good and what is not, and for the latter what to do. Pure.
[[nodiscard]] std::vector<Finding> diagnose(const DoctorFacts& facts);

/// The last failure of each pool that had one, from the status document of the service.
[[nodiscard]] Result<std::vector<PoolFailure>> failures_in_status(const std::string& document);

}  // namespace plugbroker::installer
