// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "broker_core/base/strong_id.h"
#include "broker_core/engine/engine_config.h"
#include "broker_core/engine/held_memory.h"
#include "broker_core/engine/intrusive_list.h"
#include "broker_core/engine/token_bucket.h"

namespace plugbroker::engine {

/// A user: what all sessions of one SID have together. Owned by a CallerTable.
struct Caller {
  Caller(CallerId number, std::string text, const QuotaConfig& quotas, HeldMemory& all)
      : id(number),
        sid(std::move(text)),
        memory(&all),
        hellos(quotas.hello_burst, Duration{std::chrono::seconds{1}} / quotas.hello_rate),
        cancels(limits::cancel_burst, limits::cancel_interval),
        audit_lines(limits::audit_line_burst, limits::audit_line_interval) {}

  const CallerId id;
  const std::string sid;
  std::string account;         ///< For people; empty as long as it is not known.
  std::uint32_t sessions = 0;  ///< Open or draining.
  std::uint32_t calls = 0;     ///< Whose END was not given out.
  HeldMemory memory;
  TokenBucket hellos;
  TokenBucket cancels;  ///< That need no line in the log.
  TokenBucket audit_lines;
  std::uint64_t lines_left_out = 0;  ///< Of the audit, since the last one.
  std::uint64_t refused = 0;         ///< Sessions and calls, by a quota.
  std::vector<bool> audited_routes;  ///< What the last line about its access says.
  bool audited = false;              ///< There was one.
  ListLink<Caller> in_idle;
};

}  // namespace plugbroker::engine
