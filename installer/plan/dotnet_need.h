// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "broker_core/base/result.h"

namespace plugbroker::installer {

/// One framework that a program needs: "Microsoft.NETCore.App", "10.0.0".
struct DotnetFramework {
  std::string name;
  std::string version;

  bool operator==(const DotnetFramework&) const = default;
};

/// What the text of an app's `.runtimeconfig.json` asks an installed .NET for; nothing when the app brings its own.
[[nodiscard]] Result<std::vector<DotnetFramework>> needed_frameworks(std::string_view runtime_config);

/// Whether one of the installed versions serves, as .NET itself decides unless told otherwise: the same major version,
/// and not older.
[[nodiscard]] bool version_serves(std::string_view wanted, const std::vector<std::string>& installed);

}  // namespace plugbroker::installer
