// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <future>
#include <string>
#include <thread>

#include "broker_core/base/limits.h"
#include "tests/unit/runtime/fakes/loop_bench.h"

namespace plugbroker::runtime {
namespace {

using namespace std::chrono_literals;

constexpr Duration long_time = 1h;

/// What the loop does with what administrators ask. What the engine does with it is the engine's tests.
class OperatorRequests : public test::LoopBench {
 protected:
  std::future<Status> ask(std::string pool) {
    return std::async(std::launch::async, [this, pool = std::move(pool)] {
      return loop_.operate({.command = engine::OperatorCommand::close_breaker, .pool = pool}, long_time);
    });
  }
  /// Turns the loop until `answer` is there, or the loop stops.
  void turn_until(const std::future<Status>& answer) {
    while (answer.wait_for(0s) != std::future_status::ready && turn()) std::this_thread::yield();
  }
};

TEST_F(OperatorRequests, AreAnsweredByTheEngine) {
  std::future<Status> answer = ask("no such pool");
  turn_until(answer);

  const Status status = answer.get();
  EXPECT_FALSE(status.ok());
  EXPECT_NE(status.code, StatusCode::deadline_exceeded);
  EXPECT_NE(status.code, StatusCode::unavailable);
  EXPECT_EQ(transport_.wakes(), 1);
}

TEST_F(OperatorRequests, AreAnsweredAfterTheSnapshotThatShowsTheEffect) {
  settle();
  clock_.advance(1ms);  // Sooner than the next snapshot is due.
  std::future<Status> answer = ask("documents");
  turn_until(answer);

  (void)answer.get();
  EXPECT_EQ(board_.latest()->taken_at, clock_.now());
}

TEST_F(OperatorRequests, AreAnsweredWhenTheLoopStops) {
  loop_.request_stop(0s);
  settle();
  processes_.report_start_failed(processes_.starts()[0].worker, "stopped");
  settle();
  ASSERT_FALSE(turn());

  EXPECT_EQ(loop_.operate({.command = engine::OperatorCommand::drain, .pool = "documents"}, long_time),
            (Status{StatusCode::unavailable, "the service has stopped"}));
}

TEST_F(OperatorRequests, OfALoopThatHangsAreGivenUp) {
  EXPECT_EQ(loop_.operate({.command = engine::OperatorCommand::drain, .pool = "documents"}, 0s).code,
            StatusCode::deadline_exceeded);
}

}  // namespace
}  // namespace plugbroker::runtime
