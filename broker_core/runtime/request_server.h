// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "broker_core/base/bytes.h"
#include "broker_core/base/status.h"
#include "broker_core/base/time.h"
#include "broker_core/protocol/messages.h"
#include "broker_core/runtime/caller_identifier.h"
#include "broker_core/runtime/task_thread.h"
#include "broker_core/runtime/transport.h"

namespace plugbroker::runtime {

/// One request, valid while it is served.
struct ServedRequest {
  std::string_view route;
  ByteView payload;
  /// Who asks, for logs: "HOST\name (S-1-5-…)", or the process where the token doesn't tell. Asks the system.
  const std::function<std::string()>& caller;
};

/// What a RequestHandler answers.
struct ServedReply {
  Status status;
  std::string content_type;
  std::string payload;
};

/// What answers a request that takes long, on another thread. The request is not valid any more then.
using SlowReply = std::function<ServedReply()>;

/// Answers one request; called on the server's thread, must not block for long: other clients wait meanwhile. What may
/// take long is given back as a SlowReply: such ones are worked off one after the other, beside all else.
class RequestHandler {
 public:
  virtual ~RequestHandler() = default;
  [[nodiscard]] virtual std::variant<ServedReply, SlowReply> serve(const ServedRequest& request) = 0;
};

/// Serves a pipe's clients by itself, without workers: the admin pipe.
///
/// Speaks the wire protocol as a broker does, with tight bounds: requests up to 64 KiB, 16 streams, HELLO within 2 s.
/// It has its own transport and thread, so it answers also when the broker's loop hangs, and also while a slow reply
/// waits for that loop. A slow reply of a client that is gone meanwhile, or whose deadline has passed, is dropped.
class RequestServer {
 public:
  struct Environment {
    Transport& transport;
    RequestHandler& handler;
    CallerIdentifier& callers;
    const Clock& clock;
    TaskRunner& slow_replies;  ///< MUST run nothing any more when the server is destroyed.
  };

  RequestServer(protocol::PeerDescription server, protocol::InstanceId instance, Environment environment);
  ~RequestServer();

  /// Runs until request_stop().
  void run();

  /// One turn, for tests. False once stopped.
  bool turn(TimePoint wait_until);

  /// From any thread.
  void request_stop();

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace plugbroker::runtime
