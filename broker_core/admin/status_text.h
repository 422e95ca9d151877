// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "broker_core/base/result.h"

namespace plugbroker::admin {

enum class StatusPart : std::uint8_t {
  everything,  ///< The service, its pools with their routes, the workers.
  pools,       ///< How each pool is doing.
  workers,     ///< The workers.
  operated,    ///< `pools` and `workers`: what an operation is answered with.
};

/// What of the status is shown.
struct StatusView {
  StatusPart part = StatusPart::everything;
  std::string_view pool = {};  ///< That one only; empty: all of them. Not for `everything`.
};

/// What plugbrokerctl prints: the document of status_json() for people.
///
/// invalid_argument when `json` is no such document, not_found when it has no pool of the view's name; fields that it
/// lacks are shown as zero or left out, so that a newer or older service can be looked at.
[[nodiscard]] Result<std::string> status_text(std::string_view json, const StatusView& view = {});

}  // namespace plugbroker::admin
