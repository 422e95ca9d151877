// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace plugbroker::sim {

/// What a run falsifies between the engine and its checks, so that a test can see each check find something.
enum class Sabotage : std::uint8_t {
  none,
  lose_end,            ///< A client's first END does not reach it.
  double_end,          ///< It comes twice.
  delay_end,           ///< ENDs come one event later.
  lose_message,        ///< A whole message of a reply does not reach its client.
  double_request,      ///< A worker is given its first call twice.
  double_start,        ///< Each process that is started counts twice.
  lengthen_queue,      ///< One more call waits than really does.
  free_slot_early,     ///< Workers seem to hold no call.
  keep_slot,           ///< Workers seem to hold one call more.
  ask_drainer,         ///< Workers that serve seem to drain.
  forget_call,         ///< One call fewer seems to be in progress.
  hoard_bytes,         ///< More payload seems to be held than any bound allows.
  keep_credit,         ///< A part of the credit that the broker gives back does not reach its peer.
  shorten_start,       ///< The checks take start_timeout to be zero.
  shorten_stop,        ///< The same of stop_timeout.
  shorten_grace,       ///< The same of cancel_grace.
  tighten_bounds,      ///< They take max_concurrent_starts and max_sessions to be zero.
  tighten_sessions,    ///< They take a user's quota of sessions to be zero.
  tighten_calls,       ///< The same of calls.
  tighten_memory,      ///< The same of memory.
  tighten_all_memory,  ///< They take the memory for all users to be zero.
  loosen_quotas,       ///< They take those of sessions and calls to be ten times as high.
  leave_session,       ///< One session more seems to be left at the end.
};

}  // namespace plugbroker::sim
