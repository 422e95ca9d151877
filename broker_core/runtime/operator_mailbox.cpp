// SPDX-License-Identifier: Apache-2.0
#include "broker_core/runtime/operator_mailbox.h"

#include <string>
#include <utility>

#include "broker_core/base/limits.h"

namespace plugbroker::runtime {
namespace {

Status stopped() {
  return {StatusCode::unavailable, "the service has stopped"};
}

}  // namespace

Status OperatorMailbox::ask(AdministratorRequest request, Duration patience, const std::function<void()>& wake) {
  std::unique_lock lock(mutex_);
  if (closed_) return stopped();
  if (entries_.size() >= limits::max_operator_requests) {
    return {StatusCode::resource_exhausted, "already " + std::to_string(entries_.size()) +
                                                " requests of administrators are under way; nothing was changed"};
  }
  const std::uint64_t id = ++last_id_;
  const auto place = entries_.emplace(id, Entry{.request = std::move(request)}).first;
  lock.unlock();
  wake();
  lock.lock();
  answered_.wait_for(lock, patience, [&] { return place->second.stage == Stage::answered; });
  const Entry entry = std::move(place->second);
  entries_.erase(place);
  switch (entry.stage) {
    case Stage::waiting:
      return {StatusCode::deadline_exceeded, "the service's loop is busy or hangs; nothing was changed"};
    case Stage::taken:
      return {StatusCode::deadline_exceeded, "the service's loop hangs over it; it may still be carried out"};
    case Stage::answered:
      break;
  }
  return entry.result;
}

std::optional<OperatorMailbox::Taken> OperatorMailbox::take() {
  const std::lock_guard lock(mutex_);
  for (auto& [id, entry] : entries_) {
    if (entry.stage != Stage::waiting) continue;
    entry.stage = Stage::taken;
    return Taken{.request_id = id, .request = std::move(entry.request)};
  }
  return std::nullopt;
}

void OperatorMailbox::answer(std::uint64_t request_id, Status result) {
  const std::lock_guard lock(mutex_);
  const auto place = entries_.find(request_id);
  if (place == entries_.end() || place->second.stage == Stage::answered) return;
  place->second.stage = Stage::answered;
  place->second.result = std::move(result);
  answered_.notify_all();
}

void OperatorMailbox::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  for (auto& [id, entry] : entries_) {
    if (entry.stage == Stage::answered) continue;
    entry.stage = Stage::answered;
    entry.result = stopped();
  }
  answered_.notify_all();
}

}  // namespace plugbroker::runtime
