// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "client_lib/core/client_connection.h"
#include "tests/fuzz/client_audit.h"
#include "tests/fuzz/frame_choice.h"

namespace plugbroker::fuzz {

/// One input played to a client's connection: the server writes what the input says while calls are begun, go on, are
/// given up and take their replies. All that the client does is checked and noted.
class ClientRun {
 public:
  explicit ClientRun(Cut cut) : cut_(cut) {}

  /// Plays the whole input; then the pipe breaks, and no call is left without an outcome.
  void play(FuzzInput input);

  [[nodiscard]] const std::string& notes() const noexcept { return notes_; }

 private:
  /// A call as its owner keeps it.
  struct OwnedCall {
    client::CallOutcome outcome;
    client::Call call{outcome};
    std::vector<std::byte> payload;
    bool settled = false;  ///< Ended, went back, or was given up: no news may follow.
  };

  void step(FuzzInput& input);
  void server_writes(ByteView bytes);
  void server_writes_frames(FuzzInput& input);
  void begin_call(FuzzInput& input);
  void go_on(FuzzInput& input);
  void take_replies();
  void give_up(FuzzInput& input);
  void produce();
  void take_news();
  [[nodiscard]] OwnedCall* some_call(FuzzInput& input);
  void note(std::string_view what, std::uint64_t number);

  Cut cut_;
  TimePoint now_{std::chrono::hours{1}};
  std::deque<OwnedCall> calls_;  ///< Before the connection, which has pointers to them.
  client::ClientConnection connection_{protocol::PeerDescription{}};
  ClientAudit audit_;
  FrameChoice frames_;
  std::size_t frames_left_ = 400;
  std::vector<std::byte> buffer_;
  std::string notes_;
};

}  // namespace plugbroker::fuzz
