// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "plugbroker/plugbroker.h"
#include "tests/integration/mixed_caller/call_records.h"

namespace plugbroker::mixed_caller {

/// One client with a connection of its own, which makes one call after another, of a kind drawn from its seed, and
/// records how each ended. Used by one thread.
class MixedSession {
 public:
  struct Options {
    std::string pipe;
    std::string name;
    std::uint32_t seed = 0;
    std::vector<std::string> prefixes{""};  ///< Of routes: each call draws one. At least one.
  };

  MixedSession(const Options& options, CallRecords& records);
  MixedSession(const MixedSession&) = delete;
  MixedSession& operator=(const MixedSession&) = delete;
  ~MixedSession();

  /// One call, or a handful that run at once.
  void next();

  /// A call that its worker never ends and that is not cancelled either, with a deadline of half a second.
  void hang();
  /// A call that costs its worker 64 MiB.
  void leak();

 private:
  struct AsyncBatch;

  void unary();
  void async_batch();
  void cancelled();
  void expired();
  void stream_in_turn();
  void stream_all_first();
  void push();
  void broken_off();

  [[nodiscard]] CallRecord begin(const char* kind);
  /// The kind with a prefix before it.
  [[nodiscard]] std::string route(const char* kind);
  [[nodiscard]] std::string text(const std::string& id);
  [[nodiscard]] unsigned draw(unsigned below);
  /// Options that carry the call's id; valid until the next call of this function.
  [[nodiscard]] plugbroker_call_options options_for(const CallRecord& call);
  void call_in_turn(const char* kind, CallRecord call, std::int64_t deadline_us);
  [[nodiscard]] plugbroker_stream* open(const char* kind, const CallRecord& call);
  void read_one(plugbroker_stream* stream, const std::string& expected, CallRecord& call);
  void finish(plugbroker_stream* stream, CallRecord& call);

  CallRecords& records_;
  const std::string name_;
  const std::vector<std::string> prefixes_;
  std::mt19937 random_;
  std::uint64_t calls_ = 0;
  plugbroker_client* client_ = nullptr;
  plugbroker_metadata metadata_{};
};

}  // namespace plugbroker::mixed_caller
