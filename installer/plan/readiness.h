// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>

#include "broker_core/base/result.h"

namespace plugbroker::installer {

/// The pools that have a worker which is ready or busy, from the status document of the service.
[[nodiscard]] Result<std::set<std::string>> serving_pools(const std::string& status_document);

/// What is still missing before the service serves what it served: "" when nothing is. A pool of `served_before` that
/// the service does not have any more is not missing, and nor is one that serves without a worker at rest: it has
/// min_workers of 0.
[[nodiscard]] Result<std::string> missing_to_serve(const std::string& status_document,
                                                   const std::set<std::string>& served_before);

}  // namespace plugbroker::installer
