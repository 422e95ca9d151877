// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <windows.h>

#include <atomic>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "broker_core/protocol/credit.h"
#include "client_lib/win/locks.h"
#include "client_lib/win/unique_handle.h"
#include "tests/unit/client_lib/scripted_server.h"
#include "tests/unit/client_lib/win/server_thread.h"

namespace plugbroker::client {

/// One client's connection, as a test's script sees it. Blocking; for one thread.
class ServerConnection {
 public:
  explicit ServerConnection(HANDLE pipe, int number);

  /// The next frame; nothing once the client has closed.
  std::optional<SeenFrame> read();
  /// False once the client has closed.
  bool write(ByteView bytes);
  /// Reads the HELLO and accepts.
  void accept();
  /// Reads and drops until the client closes.
  void read_to_the_end();

  ScriptedServer& frames() { return frames_; }
  /// 1 for the server's first connection, and so on.
  [[nodiscard]] int number() const { return number_; }

 private:
  /// Waits for an operation that was begun with `begun`. Nothing when it failed.
  std::optional<DWORD> finish(BOOL begun);

  int number_;
  HANDLE pipe_;
  UniqueHandle event_;
  OVERLAPPED overlapped_{};
  ScriptedServer frames_;
  std::vector<SeenFrame> seen_;
};

/// A pipe server in the test's own process that runs `script` for each connection, in a thread of its own, or one after
/// the other on the pipe's only instance (`one_at_a_time`). Its clients must be gone before it is destroyed.
class PipeServer {
 public:
  using Script = std::function<void(ServerConnection&)>;

  explicit PipeServer(Script script, bool one_at_a_time = false);
  PipeServer(const PipeServer&) = delete;
  PipeServer& operator=(const PipeServer&) = delete;
  ~PipeServer();

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] int connections() const { return connections_; }
  /// Waits until the clients so far are gone and the threads for them are joined.
  void wait_until_idle();

 private:
  [[nodiscard]] UniqueHandle make_instance() const;
  void accept_loop();
  /// False when the server stops.
  bool wait_for_client(HANDLE pipe);
  void serve(HANDLE pipe, int number);

  Script script_;
  bool one_at_a_time_;
  std::string name_;
  std::atomic<int> connections_ = 0;
  UniqueHandle stop_;
  UniqueHandle next_instance_;
  SrwLock lock_;
  std::vector<ServerThread> threads_;
  std::optional<ServerThread> accept_thread_;
};

/// Scripts.

/// Accepts, and answers each call with its own bytes, by the rules of credit.
void echo(ServerConnection& connection);
/// Accepts, and never answers a call.
void never_answer(ServerConnection& connection);

}  // namespace plugbroker::client
