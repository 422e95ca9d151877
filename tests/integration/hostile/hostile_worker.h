// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tests/integration/harness/raw_pipe_client.h"

namespace plugbroker::hostile {

/// A worker that speaks the protocol by itself, well or badly, on the channel that it inherited. One thread.
class HostileWorker {
 public:
  /// What is done with a call of hostile.do: its stream and its request.
  using Handler = std::function<void(HostileWorker&, std::uint64_t stream, const std::string& request)>;

  HostileWorker(std::vector<std::string> routes, Handler handler);

  /// Says HELLO and READY, and serves until the channel is closed or the broker says GOAWAY.
  void serve();

  /// DATA with the whole reply (at most 64 KiB), and END.
  void answer(std::uint64_t stream, std::string_view reply);
  void send(std::string_view bytes) { channel_.send(bytes); }

 private:
  /// A call that is answered bit by bit.
  struct Blob {
    std::uint64_t left = 0;
    std::uint64_t credit = 0;
  };

  void take(const harness::RawFrame& frame);
  void take_request(const harness::RawFrame& frame);
  void send_blobs();

  std::vector<std::string> routes_;
  Handler handler_;
  harness::RawPipeClient channel_;
  std::uint64_t stream_window_ = 0;
  std::uint64_t connection_credit_ = 0;
  std::set<std::uint64_t> held_;
  std::map<std::uint64_t, Blob> blobs_;
};

/// The END of a call.
[[nodiscard]] std::string end_frame(std::uint64_t stream, std::uint16_t status);

}  // namespace plugbroker::hostile
