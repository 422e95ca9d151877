// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

namespace plugbroker::win {

/// "DOMAIN\name", or "" when nobody knows. May take seconds.
[[nodiscard]] std::string account_name(const std::string& sid);

/// Names of accounts by SID, for people. Looking one up can take seconds (a domain controller is asked), so a thread of
/// its own does that, and a name is there the next time it is wanted. Remembers at most 1,024.
class AccountNames {
 public:
  /// `on_found` is called, on that thread, whenever take_found() has something to give; it must not wait.
  explicit AccountNames(std::function<void()> on_found = {});
  /// Waits for a look-up that is under way.
  ~AccountNames();
  AccountNames(const AccountNames&) = delete;
  AccountNames& operator=(const AccountNames&) = delete;

  /// "DOMAIN\name", or "" when it isn't known (yet). Never blocks.
  [[nodiscard]] std::string find(const std::string& sid);

  struct Found {
    std::string sid;
    std::string name;
  };
  /// Names that were found since the last time. Only with `on_found`; never blocks. What nobody takes is kept up to
  /// 1,024.
  [[nodiscard]] std::vector<Found> take_found();

  /// Waits until every name asked for so far was looked up.
  void wait_until_idle();

 private:
  void run();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::unordered_map<std::string, std::string> names_;  ///< Empty: asked for, or nobody knows.
  std::deque<std::string> wanted_;                      ///< At most as many as names_.
  std::vector<Found> found_;                            ///< Not taken yet.
  std::atomic<bool> any_found_{false};
  std::function<void()> on_found_;
  bool looking_up_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace plugbroker::win
