// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <future>
#include <optional>
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

/// Other pools, given to a loop that runs.
class ReplacedPools : public OperatorRequests {
 protected:
  static engine::PoolConfig pool(std::string name, std::string route) {
    engine::PoolConfig made;
    made.name = std::move(name);
    made.routes = {std::move(route)};
    return made;
  }
  std::future<Status> replace(Status installed) {
    return std::async(std::launch::async, [this, installed = std::move(installed)] {
      engine::ConfigReplaced replaced{.pools = {pool("documents", "echo"), pool("reports", "report")},
                                      .changed_programs = {}};
      const auto install = [this, installed] {
        starts_before_install_ = processes_.starts().size();
        return installed;
      };
      return loop_.replace_pools({.replaced = std::move(replaced), .install = install}, long_time);
    });
  }
  [[nodiscard]] std::size_t pool_count() const { return board_.latest()->pools.size(); }

  std::optional<std::size_t> starts_before_install_;
};

TEST_F(ReplacedPools, AreThereWhenTheAnswerIs) {
  settle();
  const std::size_t starts = processes_.starts().size();
  std::future<Status> answer = replace({});
  turn_until(answer);

  EXPECT_EQ(answer.get(), Status{});
  EXPECT_EQ(pool_count(), 2u);
  settle();
  EXPECT_EQ(processes_.starts().size(), starts + 1);
  EXPECT_EQ(starts_before_install_, starts);
}

TEST_F(ReplacedPools, AreNotTakenWhenTheyCouldNotBeInstalled) {
  settle();
  std::future<Status> answer = replace({StatusCode::unavailable, "not now"});
  turn_until(answer);

  EXPECT_EQ(answer.get(), (Status{StatusCode::unavailable, "not now"}));
  EXPECT_EQ(pool_count(), 1u);
}

TEST_F(ReplacedPools, AreRefusedWhileTheBrokerStops) {
  settle();
  loop_.request_stop(1h);
  settle();
  std::future<Status> answer = replace({});
  turn_until(answer);

  EXPECT_EQ(answer.get(), (Status{StatusCode::unavailable, "the service is stopping; nothing was changed"}));
  EXPECT_FALSE(starts_before_install_.has_value());
}

}  // namespace
}  // namespace plugbroker::runtime
