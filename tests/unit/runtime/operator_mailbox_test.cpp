// SPDX-License-Identifier: Apache-2.0
#include "broker_core/runtime/operator_mailbox.h"

#include <gtest/gtest.h>

#include <future>
#include <string>
#include <thread>
#include <vector>

#include "broker_core/base/limits.h"

namespace plugbroker::runtime {
namespace {

using namespace std::chrono_literals;

constexpr Duration no_time{};
constexpr Duration long_time = 1h;  // Whoever waits that long is lost: the test would hang.

engine::OperatorRequest drain(std::string pool) {
  return {.command = engine::OperatorCommand::drain, .pool = std::move(pool), .asked_by = "the test"};
}

const engine::OperatorRequest& operation_of(const std::optional<OperatorMailbox::Taken>& taken) {
  return std::get<engine::OperatorRequest>(taken.value().request);
}

class OperatorMailboxTest : public testing::Test {
 protected:
  /// On a thread of its own; returns when the request lies in the mailbox.
  std::future<Status> ask(engine::OperatorRequest request) {
    std::promise<void> posted;
    std::future<void> lies_there = posted.get_future();
    std::future<Status> answer =
        std::async(std::launch::async, [this, request = std::move(request), posted = std::move(posted)]() mutable {
          return mailbox_.ask(std::move(request), long_time, [&] { posted.set_value(); });
        });
    lies_there.wait();
    return answer;
  }

  OperatorMailbox mailbox_;
};

TEST_F(OperatorMailboxTest, CarriesARequestThereAndItsAnswerBack) {
  std::future<Status> answer = ask(drain("documents"));

  const auto asked = mailbox_.take();
  ASSERT_TRUE(asked.has_value());
  mailbox_.answer(asked->request_id, {StatusCode::not_found, "no such pool"});

  EXPECT_EQ(operation_of(asked).pool, "documents");
  EXPECT_EQ(operation_of(asked).asked_by, "the test");
  EXPECT_EQ(answer.get(), (Status{StatusCode::not_found, "no such pool"}));
  EXPECT_FALSE(mailbox_.take().has_value());
}

TEST_F(OperatorMailboxTest, GivesEachAskerItsOwnAnswer) {
  std::future<Status> first = ask(drain("one"));
  std::future<Status> second = ask(drain("two"));

  const auto one = mailbox_.take();
  const auto two = mailbox_.take();
  ASSERT_TRUE(one.has_value() && two.has_value());
  mailbox_.answer(two->request_id, {StatusCode::aborted, "two"});
  mailbox_.answer(one->request_id, {StatusCode::aborted, "one"});

  EXPECT_EQ(operation_of(one).pool, "one");
  EXPECT_EQ(first.get().message, "one");
  EXPECT_EQ(second.get().message, "two");
}

TEST_F(OperatorMailboxTest, WithdrawsARequestThatTheLoopDoesNotTakeInTime) {
  const Status status = mailbox_.ask(drain("documents"), no_time, [] {});

  EXPECT_EQ(status.code, StatusCode::deadline_exceeded);
  EXPECT_EQ(status.message, "the service's loop is busy or hangs; nothing was changed");
  EXPECT_FALSE(mailbox_.take().has_value());
}

TEST_F(OperatorMailboxTest, SaysWhenARequestThatWasTakenMayStillBeCarriedOut) {
  std::uint64_t id = 0;
  const Status status = mailbox_.ask(drain("documents"), no_time, [&] { id = mailbox_.take().value().request_id; });

  EXPECT_EQ(status.code, StatusCode::deadline_exceeded);
  EXPECT_EQ(status.message, "the service's loop hangs over it; it may still be carried out");
  mailbox_.answer(id, {});
}

TEST_F(OperatorMailboxTest, TakesAnAnswerThatCameBeforeTheWait) {
  const Status status = mailbox_.ask(drain("documents"), no_time, [&] {
    mailbox_.answer(mailbox_.take().value().request_id, {StatusCode::aborted, "at once"});
  });

  EXPECT_EQ(status.message, "at once");
}

TEST_F(OperatorMailboxTest, AnswersEverybodyWhenTheLoopStops) {
  std::future<Status> taken = ask(drain("one"));
  ASSERT_TRUE(mailbox_.take().has_value());
  std::future<Status> waiting = ask(drain("two"));

  mailbox_.close();

  EXPECT_EQ(taken.get(), (Status{StatusCode::unavailable, "the service has stopped"}));
  EXPECT_EQ(waiting.get(), (Status{StatusCode::unavailable, "the service has stopped"}));
  EXPECT_FALSE(mailbox_.take().has_value());
}

TEST_F(OperatorMailboxTest, KeepsAnAnswerThatWasGivenBeforeTheLoopStopped) {
  const Status status = mailbox_.ask(drain("documents"), no_time, [&] {
    mailbox_.answer(mailbox_.take().value().request_id, {});
    mailbox_.close();
  });

  EXPECT_TRUE(status.ok());
}

TEST_F(OperatorMailboxTest, RefusesAtOnceWhenTheLoopHasStopped) {
  mailbox_.close();

  EXPECT_EQ(mailbox_.ask(drain("documents"), long_time, [] {}).code, StatusCode::unavailable);
}

TEST_F(OperatorMailboxTest, RefusesOneRequestTooMany) {
  std::vector<std::future<Status>> asked;
  for (std::size_t i = 0; i < limits::max_operator_requests; ++i) asked.push_back(ask(drain("documents")));

  const Status refused = mailbox_.ask(drain("documents"), long_time, [] {});
  mailbox_.close();

  EXPECT_EQ(refused.code, StatusCode::resource_exhausted);
  EXPECT_EQ(refused.message, "already 16 requests of administrators are under way; nothing was changed");
}

TEST_F(OperatorMailboxTest, LosesNoAnswerWhenItIsClosedWhilePeopleAsk) {
  constexpr int askers = 8;
  std::vector<std::future<Status>> answers;
  for (int i = 0; i < askers; ++i) {
    answers.push_back(std::async(std::launch::async, [this] {
      Status last;
      while (last.code != StatusCode::unavailable) last = mailbox_.ask(drain("documents"), long_time, [] {});
      return last;
    }));
  }
  std::thread loop([this] {
    for (int answered = 0; answered < 1000;) {
      const auto asked = mailbox_.take();
      if (!asked) continue;
      mailbox_.answer(asked->request_id, {});
      ++answered;
    }
    mailbox_.close();
  });

  loop.join();
  for (std::future<Status>& answer : answers) EXPECT_EQ(answer.get().code, StatusCode::unavailable);
}

}  // namespace
}  // namespace plugbroker::runtime
