// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <variant>

#include "broker_core/base/status.h"
#include "broker_core/base/time.h"
#include "broker_core/engine/events.h"

namespace plugbroker::runtime {

/// Other pools, and what has to be done first.
struct PoolsReplacement {
  engine::ConfigReplaced replaced;
  /// Called on the loop's thread just before the engine gets them; must not block. When it fails the engine does not
  /// get them, and its Status is the answer.
  std::function<Status()> install;
};

using AdministratorRequest = std::variant<engine::OperatorRequest, PoolsReplacement>;

/// Carries what administrators ask to the loop's thread, and each answer back to the thread that waits for it.
///
/// Every ask() returns, whatever becomes of the loop: with the engine's answer, or with one of these.
///
///   resource_exhausted  limits::max_operator_requests are under way already
///   deadline_exceeded   no answer within the patience; the message says whether it was withdrawn or may still happen
///   unavailable         the loop has stopped, before or meanwhile
class OperatorMailbox {
 public:
  struct Taken {
    std::uint64_t request_id = 0;
    AdministratorRequest request;
  };

  /// From any thread but the loop's, which `wake` wakes. The mailbox must outlive the call.
  [[nodiscard]] Status ask(AdministratorRequest request, Duration patience, const std::function<void()>& wake);

  /// The next request that nobody has taken; the oldest first. Loop's thread, as are the other two.
  [[nodiscard]] std::optional<Taken> take();
  /// Harmless for a request whose administrator waits no more.
  void answer(std::uint64_t request_id, Status result);
  /// The loop takes nothing any more. Whoever waits, or comes later, hears that it has stopped.
  void close();

 private:
  enum class Stage : std::uint8_t { waiting, taken, answered };
  struct Entry {
    AdministratorRequest request;  ///< Moved from once it was taken.
    Stage stage = Stage::waiting;
    Status result = {};
  };

  std::mutex mutex_;
  std::condition_variable answered_;
  std::map<std::uint64_t, Entry> entries_;  ///< By request id: in the order in which they were asked.
  std::uint64_t last_id_ = 0;
  bool closed_ = false;
};

}  // namespace plugbroker::runtime
