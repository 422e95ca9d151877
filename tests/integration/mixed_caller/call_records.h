// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <mutex>
#include <string>

#include "plugbroker/plugbroker.h"

namespace plugbroker::mixed_caller {

/// What one call did, for its record.
struct CallRecord {
  std::string id;
  const char* kind = "";
  unsigned sent = 0;  ///< Messages.
  unsigned got = 0;
  bool wrong_reply = false;  ///< Something came that was not expected.
  bool missing = false;      ///< Something did not come; wrong only where the call was ok.
  std::chrono::steady_clock::time_point began = std::chrono::steady_clock::now();
};

/// The file of one process; harness/mixed_records.h reads it.
class CallRecords {
 public:
  /// Ends the process when the file can't be made.
  explicit CallRecords(const std::string& file);
  CallRecords(const CallRecords&) = delete;
  CallRecords& operator=(const CallRecords&) = delete;
  ~CallRecords();

  /// Writes down how a call ended. Thread-safe.
  void call_ended(const CallRecord& call, const plugbroker_reply* reply);
  /// A session is over and has made so many calls.
  void session_ended(const std::string& name, std::uint64_t calls);

 private:
  std::mutex mutex_;
  std::FILE* file_;
};

}  // namespace plugbroker::mixed_caller
