// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

namespace plugbroker::bench {

/// The broker's loop, engine and pipes as shipped, in this process, on a thread with Role::broker; its one worker is an
/// EchoChannel on a thread with Role::worker. Its clock stands still, so that nothing happens but for what comes in.
/// Both threads run until the process ends.
class SmallBroker {
 public:
  /// Takes the pipe `name`. Errors are std::runtime_error.
  explicit SmallBroker(const std::wstring& name);
  ~SmallBroker();

  /// Makes one allocation for each look at the broker's clock: to show that the count sees it.
  void allocate_with_every_look_at_the_clock();

 private:
  class Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace plugbroker::bench
