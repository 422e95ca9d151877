// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "broker_core/config/broker_config.h"
#include "installer/plan/doctor.h"

namespace plugbroker::installer {

/// Whether a pool's program is there, and the .NET that it asks for: by the `.runtimeconfig.json` beside the program,
/// or beside the first argument when that is a `.dll`. .NET is looked for where the worker will look: in DOTNET_ROOT of
/// the pool, beside the program when that is dotnet.exe, where the installer of .NET registered it, in Program Files.
[[nodiscard]] WorkerFact probe_worker(const config::PoolConfig& pool);

}  // namespace plugbroker::installer
