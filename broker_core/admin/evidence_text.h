// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "broker_core/base/result.h"

namespace plugbroker::admin {

/// What `plugbrokerctl evidence` prints: the document of EvidenceFolder::list() for people. invalid_argument when
/// `json` is no such document.
[[nodiscard]] Result<std::string> evidence_list_text(std::string_view json);

}  // namespace plugbroker::admin
