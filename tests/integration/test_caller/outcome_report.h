// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mutex>
#include <string>
#include <string_view>

#include "plugbroker/plugbroker.h"

namespace plugbroker::test_caller {

/// A file with one line for each call: its name, status, retry class, origin, "1" when a worker may have received it,
/// the microseconds after which to try again, and the message; tabs between. Lines may come from any thread; each is in
/// the file when add() returns.
class OutcomeReport {
 public:
  /// Made anew. Ends the process when that does not work.
  explicit OutcomeReport(const std::string& file);
  OutcomeReport(const OutcomeReport&) = delete;
  OutcomeReport& operator=(const OutcomeReport&) = delete;
  ~OutcomeReport();

  void add(std::string_view call, const plugbroker_reply* reply);

 private:
  std::mutex mutex_;
  void* file_;
};

}  // namespace plugbroker::test_caller
