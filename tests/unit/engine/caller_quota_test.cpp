// SPDX-License-Identifier: Apache-2.0
// What one user may have of what all share.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broker_core/engine/caller_table.h"
#include "broker_core/engine/token_bucket.h"
#include "tests/unit/engine/engine_world.h"

namespace plugbroker::engine::testing {
namespace {

using protocol::FrameType;
using protocol::Role;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr std::uint64_t block = 4096;

TEST(TokenBucket, GivesItsBurstAtOnceAndThenOneEachInterval) {
  TokenBucket bucket(3, 100ms);
  const TimePoint start{5s};

  EXPECT_TRUE(bucket.take(start) && bucket.take(start) && bucket.take(start));
  EXPECT_FALSE(bucket.take(start));
  EXPECT_EQ(bucket.wait(start), 100ms);
  EXPECT_FALSE(bucket.take(start + 99ms));
  EXPECT_TRUE(bucket.take(start + 100ms));
  EXPECT_FALSE(bucket.take(start + 100ms));
}

TEST(TokenBucket, IsNeverFullerThanItsBurst) {
  TokenBucket bucket(2, 1s);
  const TimePoint later{1h};

  EXPECT_TRUE(bucket.take(later) && bucket.take(later));
  EXPECT_FALSE(bucket.take(later));
}

TEST(TokenBucket, ARefusalTakesNothing) {
  TokenBucket bucket(1, 1s);
  EXPECT_TRUE(bucket.take(TimePoint{1s}));
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(bucket.take(TimePoint{1900ms}));

  EXPECT_TRUE(bucket.take(TimePoint{2s}));
}

TEST(CallerTable, RemembersWhoHasLeftAndForgetsWhoLeftLongestAgo) {
  const QuotaConfig quotas;
  CallerTable table(quotas);
  const auto visit = [&](std::size_t number) {
    Caller& caller = table.meet("S-1-" + std::to_string(number));
    table.enter(caller);
    table.leave(caller);
    return caller.id;
  };
  const CallerId first = visit(0);
  for (std::size_t i = 1; i < limits::max_idle_callers; ++i) (void)visit(i);
  EXPECT_EQ(visit(0), first);  // And is now the last that has left.

  (void)visit(limits::max_idle_callers);

  EXPECT_EQ(table.find("S-1-1"), nullptr);
  EXPECT_NE(table.find("S-1-0"), nullptr);
}

TEST(CallerTable, NeverForgetsWhoIsThere) {
  const QuotaConfig quotas;
  CallerTable table(quotas);
  Caller& present = table.meet("S-1-5-18");
  table.enter(present);

  for (std::size_t i = 0; i < 2 * limits::max_idle_callers; ++i) (void)table.meet("S-1-" + std::to_string(i));

  EXPECT_EQ(table.find("S-1-5-18"), &present);
}

EngineConfig with_quotas(const QuotaConfig& quotas) {
  EngineConfig config = one_pool();
  config.quotas = quotas;
  return config;
}

FakePeer& say_hello(EngineWorld& world, std::string sid) {
  world.caller_sid = std::move(sid);
  FakePeer& client = world.connect();
  client.hello(Role::client);
  return client;
}

TEST(CallerQuota, ASessionBeyondItIsRefusedReadablyAndAnotherUsersIsNot) {
  EngineWorld world(with_quotas({.max_sessions = 2}));
  FakePeer& first = say_hello(world, "S-1-5-21-1");
  (void)say_hello(world, "S-1-5-21-1");

  FakePeer& third = say_hello(world, "S-1-5-21-1");
  FakePeer& other = say_hello(world, "S-1-5-21-2");

  EXPECT_EQ(third.hello_ack().result.code, StatusCode::resource_exhausted);
  EXPECT_THAT(third.hello_ack().result.message, HasSubstr("quotas.max_sessions"));
  EXPECT_TRUE(third.closed_by_broker);
  EXPECT_TRUE(other.hello_ack().result.ok());
  EXPECT_THAT(world.logs("quota_exceeded").at(0).message, AllOf(HasSubstr("S-1-5-21-1"), HasSubstr("max_sessions")));
  EXPECT_EQ(world.snapshot().quota_refusals, 1u);

  first.disappear();
  EXPECT_TRUE(say_hello(world, "S-1-5-21-1").hello_ack().result.ok());
}

TEST(CallerQuota, HellosThatComeTooFastAreRefusedWithTheTimeToWait) {
  EngineWorld world(with_quotas({.hello_rate = 10, .hello_burst = 2}));
  say_hello(world, "S-1-5-21-1").disappear();
  say_hello(world, "S-1-5-21-1").disappear();

  FakePeer& third = say_hello(world, "S-1-5-21-1");

  EXPECT_EQ(third.hello_ack().result.code, StatusCode::resource_exhausted);
  EXPECT_THAT(third.hello_ack().result.message, AllOf(HasSubstr("quotas.hello_rate"), HasSubstr("100 ms")));
  EXPECT_TRUE(say_hello(world, "S-1-5-21-2").hello_ack().result.ok());
  world.advance(100ms);
  EXPECT_TRUE(say_hello(world, "S-1-5-21-1").hello_ack().result.ok());
}

TEST(CallerQuota, OfCallsCountsAllSessionsOfTheUserAndNobodyElses) {
  EngineWorld world(with_quotas({.max_calls = 3}));
  const FakeWorker worker = world.start_worker();
  FakePeer& one = world.connect_client_of("S-1-5-21-1");
  FakePeer& two = world.connect_client_of("S-1-5-21-1");
  FakePeer& other = world.connect_client_of("S-1-5-21-2");
  one.request(1, "echo");
  one.request(3, "echo");
  two.request(1, "echo");

  two.request(3, "echo");
  other.request(1, "echo");

  const SeenEnd end = two.end_of(3);
  EXPECT_EQ(end.status, StatusCode::resource_exhausted);
  EXPECT_EQ(end.retry, RetryClass::after_backoff);
  EXPECT_EQ(end.retry_after_us, static_cast<std::uint64_t>(limits::quota_retry_after.count()));
  EXPECT_FALSE(end.worker_received);
  EXPECT_THAT(end.message, HasSubstr("quotas.max_calls"));
  EXPECT_FALSE(other.has_end(1));
  EXPECT_EQ(world.snapshot().callers.at(0).calls_in_progress, 3u);

  worker.channel.end(1);
  two.request(5, "echo");
  EXPECT_FALSE(two.has_end(5));
}

TEST(CallerQuota, OfCallsIsFreeAgainWhenASessionIsGone) {
  EngineWorld world(with_quotas({.max_calls = 2}));
  (void)world.start_worker();
  FakePeer& gone = world.connect_client();
  gone.request(1, "echo");
  gone.request(3, "echo");
  FakePeer& other_session = world.connect_client();

  gone.disappear();
  other_session.request(1, "echo");

  EXPECT_FALSE(other_session.has_end(1));
}

TEST(CallerQuota, IsOnlyFreeOnceTheEndWasGivenOut) {
  EngineWorld world(with_quotas({.max_calls = 1}));
  FakePeer& client = world.connect_client();
  client.stop_reading();
  client.request(1, "no.such.route");

  client.request(3, "no.such.route");
  client.read_again();

  EXPECT_EQ(client.end_of(1).status, StatusCode::not_found);
  EXPECT_EQ(client.end_of(3).status, StatusCode::resource_exhausted);
}

/// Memory for so many blocks of one user, and of all.
EngineConfig with_memory(std::uint64_t blocks, std::uint64_t all_blocks = 1'000'000) {
  EngineConfig config = with_quotas({.max_queued_bytes = blocks * block});
  config.max_queued_bytes = all_blocks * block;
  return config;
}

TEST(MemoryQuota, ARequestThatDoesNotFitEndsAndAnotherUsersDoesNot) {
  EngineWorld world(with_memory(4));
  FakePeer& client = world.connect_client_of("S-1-5-21-1");
  FakePeer& other = world.connect_client_of("S-1-5-21-2");
  client.request(1, "echo", std::string(3 * block, 'x'));

  client.request(3, "echo", std::string(block, 'x'));
  other.request(1, "echo", std::string(block, 'x'));

  const SeenEnd end = client.end_of(3);
  EXPECT_EQ(end.status, StatusCode::resource_exhausted);
  EXPECT_EQ(end.retry, RetryClass::after_backoff);
  EXPECT_EQ(end.retry_after_us, static_cast<std::uint64_t>(limits::quota_retry_after.count()));
  EXPECT_THAT(end.message, HasSubstr("quotas.max_queued_bytes"));
  EXPECT_FALSE(client.has_end(1));
  EXPECT_FALSE(other.has_end(1));
  EXPECT_EQ(world.snapshot().callers.at(0).queued_bytes, 4 * block);  // Three, and what heads and metadata take.
}

TEST(MemoryQuota, MoreOfARequestThatDoesNotFitEndsItsCall) {
  EngineWorld world(with_memory(4));
  FakePeer& client = world.connect_client();
  client.request(1, "echo", std::string(2 * block, 'x'), 30s, more);

  client.data(1, std::string(2 * block, 'x'), more);

  EXPECT_EQ(client.end_of(1).status, StatusCode::resource_exhausted);
  EXPECT_EQ(world.snapshot().held_bytes, 0u);
}

TEST(MemoryQuota, AReplyThatNobodyReadsEndsItsCallAndTellsTheWorker) {
  EngineWorld world(with_memory(4));
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo");
  client.stop_reading();
  worker.channel.data(1, std::string(3 * block, 'x'), more);

  worker.channel.data(1, std::string(3 * block, 'x'), more);
  worker.channel.end(1, {.status = StatusCode::cancelled, .origin = Origin::worker, .worker_received = true});
  client.read_again();

  const SeenEnd end = client.end_of(1);
  EXPECT_EQ(end.status, StatusCode::resource_exhausted);
  EXPECT_EQ(end.retry, RetryClass::never);
  EXPECT_TRUE(end.worker_received);
  EXPECT_THAT(end.message, HasSubstr("unread replies"));
  EXPECT_EQ(worker.channel.count(FrameType::cancel), 1u);
}

TEST(MemoryQuota, OneUsersUnreadRepliesDoNotEndAnothersCall) {
  EngineConfig config = with_memory(6);
  config.pools[0].concurrency = 2;
  EngineWorld world(std::move(config));
  const FakeWorker worker = world.start_worker();
  FakePeer& sleeper = world.connect_client_of("S-1-5-21-1");
  FakePeer& reader = world.connect_client_of("S-1-5-21-2");
  sleeper.request(1, "echo");
  reader.request(1, "echo");
  sleeper.stop_reading();

  worker.channel.data(1, std::string(5 * block, 'x'), more);
  worker.channel.data(1, std::string(5 * block, 'x'), more);
  worker.channel.reply(2, std::string(5 * block, 'y'));

  EXPECT_EQ(reader.reply_of(1).size(), 5 * block);
}

TEST(MemoryQuota, CountsWhatIsBeingWritten) {
  EngineWorld world(with_memory(4));
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo");
  client.stop_reading();
  worker.channel.data(1, std::string(2 * block, 'x'), more);
  std::vector<std::byte> written;
  ASSERT_GT(world.engine.take_output(client.connection(), written, limits::max_write_bytes, world.now), 2 * block);
  EXPECT_EQ(world.snapshot().callers.at(0).queued_bytes, 0u);
  EXPECT_EQ(world.snapshot().callers.at(0).bytes_being_written, written.size());

  worker.channel.data(1, std::string(3 * block, 'x'), more);
  EXPECT_EQ(world.snapshot().quota_refusals, 1u);
  world.handle(WriteCompleted{client.connection()});

  EXPECT_EQ(world.snapshot().callers.at(0).bytes_being_written, 0u);
}

TEST(MemoryQuota, OfASessionThatIsGoneIsFree) {
  EngineWorld world(with_memory(40));
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo", std::string(3 * block, 'x'));
  client.request(3, "echo", std::string(3 * block, 'x'));
  client.stop_reading();
  worker.channel.data(1, std::string(3 * block, 'x'), more);
  std::vector<std::byte> written;
  (void)world.engine.take_output(client.connection(), written, limits::max_write_bytes, world.now);
  EXPECT_GT(world.snapshot().held_bytes, 6 * block);

  client.disappear();

  EXPECT_EQ(world.snapshot().held_bytes, 0u);
}

TEST(MemoryBound, NoUserHoldsMoreThanIsStillFree) {
  EngineConfig config = with_memory(1'000, 40);
  EngineWorld world(std::move(config));
  const auto fill = [&](std::string sid) {
    FakePeer& client = world.connect_client_of(std::move(sid));
    std::uint64_t stream = 0;
    do {
      client.request(++stream, "echo", std::string(block / 2, 'x'));
    } while (!client.has_end(stream));
    EXPECT_THAT(client.end_of(stream).message, HasSubstr("limits.max_queued_bytes"));
    return stream - 1;
  };

  const std::uint64_t first = fill("S-1-5-21-1");
  const std::uint64_t second = fill("S-1-5-21-2");
  const std::uint64_t third = fill("S-1-5-21-3");

  EXPECT_EQ(first, 20u);   // Half.
  EXPECT_EQ(second, 10u);  // Half of the rest.
  EXPECT_EQ(third, 5u);
  EXPECT_LE(world.snapshot().held_bytes, 40 * block);
}

TEST(CallerNames, ComeLaterAndReachTheWorkerFromThenOn) {
  EngineWorld world(one_pool(1, 1, 2));
  const FakeWorker worker = world.start_worker();
  world.account.clear();
  FakePeer& client = world.connect_client();
  client.request(1, "echo");

  world.handle(CallerNamed{"S-1-5-21-1", "HOST\\someone"});
  client.request(3, "echo");

  const auto account = [&](std::uint64_t stream) {
    const SeenFrame frame = worker.channel.seen(FrameType::request, stream).at(0);
    return std::string{protocol::decode_request(frame.meta).value().caller_account};
  };
  EXPECT_EQ(account(1), "");
  EXPECT_EQ(account(2), "HOST\\someone");
  EXPECT_EQ(world.snapshot().callers.at(0).account, "HOST\\someone");
}

TEST(CallerNames, OfWhoIsNotThereAreDropped) {
  EngineWorld world(one_pool());

  world.handle(CallerNamed{"S-1-5-21-9", "HOST\\nobody"});

  EXPECT_THAT(world.snapshot().callers, SizeIs(0));
}

}  // namespace
}  // namespace plugbroker::engine::testing
