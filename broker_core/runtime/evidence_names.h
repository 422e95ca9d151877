// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "broker_core/base/strong_id.h"
#include "broker_core/runtime/evidence_document.h"

namespace plugbroker::runtime {

/// "2026-03-04T05:06:07.089Z".
[[nodiscard]] std::string utc_text(WallTime time);

/// "20260304T050607.089Z-markdown-3": the folder of a case. Names sort by time.
[[nodiscard]] std::string case_name(WallTime time, std::string_view pool, WorkerId worker);

/// Which of the folders `names` to delete so that `max_cases` are left: the oldest. What is not named like a case is
/// neither counted nor deleted.
[[nodiscard]] std::vector<std::string> cases_to_delete(std::vector<std::string> names, std::size_t max_cases);

}  // namespace plugbroker::runtime
