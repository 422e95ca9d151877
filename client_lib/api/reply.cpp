// SPDX-License-Identifier: Apache-2.0
#include "client_lib/api/reply.h"

#include <new>

using plugbroker::client::CallOutcome;

namespace {

// Its address alone means "there was no memory for a reply"; it is never read.
alignas(plugbroker_reply) std::byte no_memory_marker[sizeof(plugbroker_reply)];

plugbroker_reply* no_memory_reply() noexcept {
  return reinterpret_cast<plugbroker_reply*>(no_memory_marker);
}

const CallOutcome* outcome_of(const plugbroker_reply* reply) noexcept {
  return reply == nullptr || reply == no_memory_reply() ? nullptr : &reply->outcome;
}

}  // namespace

namespace plugbroker::client {

plugbroker_reply* new_reply(ReplyPool* pool) noexcept {
  plugbroker_reply* reply = pool == nullptr ? new (std::nothrow) plugbroker_reply : pool->take();
  return reply == nullptr ? no_memory_reply() : reply;
}

bool is_writable(const plugbroker_reply* reply) noexcept {
  return reply != no_memory_reply();
}

}  // namespace plugbroker::client

extern "C" {

plugbroker_status plugbroker_reply_status(const plugbroker_reply* reply) {
  if (const CallOutcome* outcome = outcome_of(reply)) return static_cast<plugbroker_status>(outcome->status);
  return reply == nullptr ? PLUGBROKER_INVALID_ARGUMENT : PLUGBROKER_RESOURCE_EXHAUSTED;
}

const char* plugbroker_reply_message(const plugbroker_reply* reply) {
  if (const CallOutcome* outcome = outcome_of(reply)) return outcome->message.c_str();
  return reply == nullptr ? "no reply" : "no memory for the reply";
}

const void* plugbroker_reply_data(const plugbroker_reply* reply) {
  const CallOutcome* outcome = outcome_of(reply);
  return outcome == nullptr || outcome->data.empty() ? nullptr : outcome->data.data();
}

size_t plugbroker_reply_size(const plugbroker_reply* reply) {
  const CallOutcome* outcome = outcome_of(reply);
  return outcome == nullptr ? 0 : outcome->data.size();
}

const char* plugbroker_reply_content_type(const plugbroker_reply* reply) {
  const CallOutcome* outcome = outcome_of(reply);
  return outcome == nullptr ? "" : outcome->content_type.c_str();
}

plugbroker_retry plugbroker_reply_retry(const plugbroker_reply* reply) {
  const CallOutcome* outcome = outcome_of(reply);
  return outcome == nullptr ? PLUGBROKER_RETRY_NEVER : static_cast<plugbroker_retry>(outcome->retry);
}

plugbroker_origin plugbroker_reply_origin(const plugbroker_reply* reply) {
  const CallOutcome* outcome = outcome_of(reply);
  return outcome == nullptr ? PLUGBROKER_ORIGIN_CLIENT : static_cast<plugbroker_origin>(outcome->origin);
}

int32_t plugbroker_reply_worker_received(const plugbroker_reply* reply) {
  // There is memory for the reply before anything is sent.
  const CallOutcome* outcome = outcome_of(reply);
  return outcome != nullptr && outcome->worker_received ? 1 : 0;
}

size_t plugbroker_reply_metadata_count(const plugbroker_reply* reply) {
  const CallOutcome* outcome = outcome_of(reply);
  return outcome == nullptr ? 0 : outcome->metadata.size();
}

const char* plugbroker_reply_metadata_key(const plugbroker_reply* reply, size_t index) {
  return index < plugbroker_reply_metadata_count(reply) ? reply->outcome.metadata[index].first.c_str() : "";
}

const char* plugbroker_reply_metadata_value(const plugbroker_reply* reply, size_t index) {
  return index < plugbroker_reply_metadata_count(reply) ? reply->outcome.metadata[index].second.c_str() : "";
}

const void* plugbroker_reply_detail(const plugbroker_reply* reply) {
  return plugbroker_reply_detail_size(reply) == 0 ? nullptr : reply->outcome.detail.data();
}

size_t plugbroker_reply_detail_size(const plugbroker_reply* reply) {
  const CallOutcome* outcome = outcome_of(reply);
  return outcome == nullptr ? 0 : outcome->detail.size();
}

int64_t plugbroker_reply_retry_after_us(const plugbroker_reply* reply) {
  const CallOutcome* outcome = outcome_of(reply);
  return outcome == nullptr ? 0 : outcome->retry_after.count();
}

uint32_t plugbroker_reply_attempts(const plugbroker_reply* reply) {
  const CallOutcome* outcome = outcome_of(reply);
  return outcome == nullptr ? 0 : outcome->attempts;
}

void plugbroker_reply_free(plugbroker_reply* reply) {
  if (reply != no_memory_reply()) plugbroker::client::ReplyPool::give_back(reply);
}

}  // extern "C"
