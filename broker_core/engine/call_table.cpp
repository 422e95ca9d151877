// SPDX-License-Identifier: Apache-2.0
#include "broker_core/engine/call_table.h"

#include "broker_core/base/assert.h"

namespace plugbroker::engine {

Call& CallTable::create() {
  if (spare_.empty()) {
    spare_.reserve(calls_.size() + 1);
    spare_.push_back(&calls_.emplace_back());
  }
  Call& call = *spare_.back();
  spare_.pop_back();
  call.id = CallId{++last_id_};
  return call;
}

void CallTable::destroy(Call& call) noexcept {
  PLUGBROKER_ASSERT(!call.in_session.linked && !call.in_holder.linked && !call.timer.is_set());
  for (OutgoingStream* stream : {&call.to_worker, &call.to_client}) {
    PLUGBROKER_ASSERT(stream->chunks.owns_nothing() && stream->place == OutgoingStream::Place::outside);
    stream->id = 0;
    stream->window = protocol::SendWindow{0};
    stream->end_pending = false;
  }
  call.state = CallState::accepted;
  call.session = nullptr;
  call.worker = nullptr;
  call.pool = nullptr;
  call.route = {};
  call.request = {};
  call.reply = {};
  call.request_complete = false;
  call.reply_begun = false;
  call.worker_received = false;
  call.hung = false;
  call.repeated = false;
  call.waited = {};
  call.was_put_back = false;
  call.trace_id = {};
  call.outcome.message.clear();
  call.outcome.clear_extras();
  spare_.push_back(&call);
}

}  // namespace plugbroker::engine
