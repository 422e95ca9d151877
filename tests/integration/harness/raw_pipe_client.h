// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/integration/harness/windows_handle.h"
#include "tests/integration/harness/wire_bytes.h"

namespace plugbroker::harness {

struct RawFrame {
  wire::Header header;
  std::string meta;
  std::string payload;

  /// The text or number of a TLV; throws HarnessError when there is none.
  [[nodiscard]] std::string text(std::uint16_t type) const;
  [[nodiscard]] std::uint64_t number(std::uint16_t type) const;
};

/// A client that puts any bytes it likes on a pipe. No operation waits longer than the hang guard.
class RawPipeClient {
 public:
  /// Connects; throws HarnessError when that does not work.
  explicit RawPipeClient(const std::string& pipe);
  /// Takes over the end of a pipe that is open for overlapped I/O, such as a worker's channel.
  explicit RawPipeClient(WindowsHandle open_end);

  /// False when the other side has closed.
  bool send(std::string_view bytes);

  /// The next whole frame; nothing when the other side has closed.
  [[nodiscard]] std::optional<RawFrame> read_frame();

  /// The next frame of that type; others are read over. Throws HarnessError when the other side closes first.
  [[nodiscard]] RawFrame read_until(std::uint8_t type);

  /// Every frame until the other side closes. Throws HarnessError when it does not.
  [[nodiscard]] std::vector<RawFrame> read_until_closed();

  /// Sends HELLO and reads the answer; throws HarnessError unless it is an accepting HELLO_ACK.
  void open_session();

  /// Sends a request of `size` bytes in an open session, within the credit it is given, and returns its END.
  [[nodiscard]] RawFrame send_large(std::uint64_t stream, std::string_view route, std::size_t size);

  /// Goes away as a process that died: without a word.
  void vanish() { pipe_.close(); }

 private:
  [[nodiscard]] bool fill(std::size_t size);
  [[nodiscard]] std::size_t finish(OVERLAPPED& operation, BOOL started, const char* what);

  WindowsHandle pipe_;
  WindowsHandle event_;
  std::uint64_t stream_window_ = 0;  ///< As the broker told at the opening.
  std::uint64_t connection_window_ = 0;
  std::string received_;
};

}  // namespace plugbroker::harness
