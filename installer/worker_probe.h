// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "broker_core/config/broker_config.h"
#include "installer/plan/doctor.h"

namespace plugbroker::installer {

/// Whether a pool's program is there, and the .NET that it asks for: by the `.runtimeconfig.json` beside the program,
/// or beside the first argument when that is a `.dll`. .NET is looked for where the worker will look: in DOTNET_ROOT of
/// the pool, beside the program when that is dotnet.exe, where the installer of .NET registered it, in Program Files.
/// And who beside `trusted` (SIDs) may change the program, or the `.dll` that dotnet.exe runs.
[[nodiscard]] WorkerFact probe_worker(const config::PoolConfig& pool, const std::vector<std::string>& trusted);

/// Who beside `trusted` can change what a path to a file leads to.
[[nodiscard]] std::vector<Weakness> weaknesses_of(const std::filesystem::path& file,
                                                  const std::vector<std::string>& trusted);

}  // namespace plugbroker::installer
