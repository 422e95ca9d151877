// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <new>

#include "client_lib/core/call_types.h"
#include "client_lib/win/reply_pool.h"
#include "plugbroker/plugbroker.h"

namespace plugbroker::client {

/// A cleared reply of `pool`, which may be null; the shared constant one when there is no memory.
[[nodiscard]] plugbroker_reply* new_reply(ReplyPool* pool) noexcept;
/// False of the shared constant reply that says that there was no memory for one. It must not be written to.
[[nodiscard]] bool is_writable(const plugbroker_reply* reply) noexcept;

/// Makes a reply of `pool`, lets `body(outcome)` fill it and hands it to the caller of the C interface: sets *out, or
/// frees it when `out` is null. Returns the status. What `body` throws becomes a status.
template <typename Body>
plugbroker_status into_reply(ReplyPool* pool, plugbroker_reply** out, Body&& body) noexcept {
  plugbroker_reply* reply = new_reply(pool);
  if (is_writable(reply)) {
    CallOutcome& outcome = reply->outcome;
    try {
      body(outcome);
    } catch (const std::bad_alloc&) {
      outcome.fail(StatusCode::resource_exhausted, "out of memory");
    } catch (...) {
      outcome.fail(StatusCode::internal, "an unexpected exception");
    }
  }
  const plugbroker_status status = plugbroker_reply_status(reply);
  if (out == nullptr) {
    plugbroker_reply_free(reply);
  } else {
    *out = reply;
  }
  return status;
}

/// For functions that give no reply: `body` returns a plugbroker_status; what it throws becomes one.
template <typename Body>
plugbroker_status guarded(Body&& body) noexcept {
  try {
    return body();
  } catch (const std::bad_alloc&) {
    return PLUGBROKER_RESOURCE_EXHAUSTED;
  } catch (...) {
    return PLUGBROKER_INTERNAL;
  }
}

[[nodiscard]] constexpr plugbroker_status to_c(StatusCode code) noexcept {
  return static_cast<plugbroker_status>(code);
}

}  // namespace plugbroker::client
