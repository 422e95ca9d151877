// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace plugbroker::admin_cli {

enum class ControlVerb : std::uint8_t {
  status,
  pools,
  workers,
  drain,
  resume,
  recycle,
  kill,
  close_breaker,
  evidence,
  reload,
  call,
  help,
  version
};

/// What stands after the command.
enum class ControlWord : std::uint8_t { none, pool, maybe_pool, pool_or_worker, worker, maybe_case, route };

/// One command of plugbrokerctl, as it is typed and explained.
struct ControlVerbRow {
  ControlVerb verb;
  std::string_view name;
  ControlWord word;
  std::string_view usage;  ///< What stands after the name, in --help.
  std::string_view what;   ///< A line for --help.
};

inline constexpr std::array<ControlVerbRow, 11> control_verbs{{
    {ControlVerb::status, "status", ControlWord::none, "", "show the running service, its pools and workers"},
    {ControlVerb::pools, "pools", ControlWord::none, "", "show how each pool is doing"},
    {ControlVerb::workers, "workers", ControlWord::maybe_pool, "[POOL]", "show the workers, of one pool or of all"},
    {ControlVerb::drain, "drain", ControlWord::pool, "POOL",
     "give a pool no new calls, end its workers as they finish"},
    {ControlVerb::resume, "resume", ControlWord::pool, "POOL", "undo drain"},
    {ControlVerb::recycle, "recycle", ControlWord::pool_or_worker, "POOL",
     "replace a pool's workers without losing a call; or one: --worker N"},
    {ControlVerb::kill, "kill", ControlWord::worker, "WORKER", "end a worker at once; its calls fail"},
    {ControlVerb::close_breaker, "close-breaker", ControlWord::pool, "POOL",
     "forget a pool's failures, start workers at once"},
    {ControlVerb::evidence, "evidence", ControlWord::maybe_case, "[CASE]",
     "list what was kept of failed workers, or show one case"},
    {ControlVerb::reload, "reload", ControlWord::none, "", "have the service read its configuration again"},
    {ControlVerb::call, "call", ControlWord::route, "ROUTE", "call a route, as a plugin would"},
}};

}  // namespace plugbroker::admin_cli
