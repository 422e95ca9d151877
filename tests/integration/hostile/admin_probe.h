// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace plugbroker::hostile {

/// What an administrator found who asked again and again.
struct AdminTimes {
  std::vector<std::chrono::microseconds> answers;  ///< From the connection to the whole status, each.
  std::chrono::milliseconds oldest_snapshot{};     ///< The most that an answer was behind.
  std::vector<std::string> failures;               ///< One sentence for each time without an answer.
};

/// Asks the admin pipe for the status over and over, each time by a connection of its own, with a short pause between.
class AdminProbe {
 public:
  explicit AdminProbe(std::string pipe);
  AdminProbe(const AdminProbe&) = delete;
  AdminProbe& operator=(const AdminProbe&) = delete;
  ~AdminProbe();

  [[nodiscard]] AdminTimes stop();

 private:
  void run();
  void ask();

  const std::string pipe_;
  AdminTimes times_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  std::thread thread_;
};

/// Adds what another probe found.
void add(AdminTimes& to, AdminTimes found);

/// The times in a sentence.
[[nodiscard]] std::string to_text(AdminTimes times);

}  // namespace plugbroker::hostile
