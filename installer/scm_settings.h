// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "broker_core/base/status.h"
#include "installer/plan/service_settings.h"
#include "installer/scm_service_entry.h"

namespace plugbroker::installer {

/// Sets one setting other than `registration`. unimplemented: this system does not have it (Wine 8 lacks several).
[[nodiscard]] Status write_setting(const ScmServiceEntry& service, Setting setting, const ServiceSettings& wanted);

/// Fills in what the SCM has of that setting. Errors likewise.
[[nodiscard]] Status read_setting(const ScmServiceEntry& service, Setting setting, ServiceSettings& present);

}  // namespace plugbroker::installer
