// SPDX-License-Identifier: Apache-2.0
// Who did it is in the log: process, program, and user as soon as he is known.
#include <gmock/gmock.h>

#include "tests/unit/engine/engine_world.h"

namespace plugbroker::engine::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

TEST(Culprit, AClientThatBreaksTheProtocolIsNamedByProcessProgramAndUser) {
  EngineWorld world(one_pool());
  FakePeer& client = world.connect_client();

  client.data(7, "of a stream that was never opened");

  const std::vector<LogRecord> lines = world.logs("protocol_error");
  ASSERT_THAT(lines, SizeIs(1));
  EXPECT_EQ(lines[0].session, client.connection().value);
  EXPECT_EQ(lines[0].process, 100u);
  EXPECT_EQ(lines[0].image, world.image);
  EXPECT_EQ(lines[0].sid, "S-1-5-21-1");
}

TEST(Culprit, AClientThatSaysNothingHasNoUserYet) {
  EngineWorld world(one_pool());
  (void)world.connect(77);

  world.advance(limits::default_hello_timeout);

  const std::vector<LogRecord> lines = world.logs("hello_timeout");
  ASSERT_THAT(lines, SizeIs(1));
  EXPECT_EQ(lines[0].process, 77u);
  EXPECT_EQ(lines[0].image, world.image);
  EXPECT_EQ(lines[0].sid, "");
}

TEST(Culprit, AWorkerThatBreaksTheProtocolIsNamedByProcessAndProgram) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();

  worker.channel.end(9);

  const std::vector<LogRecord> lines = world.logs("protocol_error");
  ASSERT_THAT(lines, SizeIs(1));
  EXPECT_EQ(lines[0].pool, "p");
  EXPECT_EQ(lines[0].process, 1000u + worker.id.value);
  EXPECT_EQ(lines[0].image, world.image);
}

TEST(Culprit, WhoIsRefusedByAQuotaIsNamedBeforeHisSessionIsOpen) {
  EngineConfig config = one_pool();
  config.quotas.max_sessions = 1;
  EngineWorld world(std::move(config));
  (void)world.connect_client();

  world.connect(101).hello(protocol::Role::client);

  const std::vector<LogRecord> lines = world.logs("quota_exceeded");
  ASSERT_THAT(lines, SizeIs(1));
  EXPECT_EQ(lines[0].process, 101u);
  EXPECT_EQ(lines[0].sid, "S-1-5-21-1");
}

TEST(Culprit, WhoCallsARouteThatCannotBeOneIsNamedOnceForEachOfItsShareOfLines) {
  EngineWorld world(one_pool());
  FakePeer& client = world.connect_client();

  for (std::uint64_t stream = 1; stream <= 100; ++stream) client.request(stream, "../x\nFORGED");

  const std::vector<LogRecord> lines = world.logs("bad_route");
  EXPECT_LT(lines.size(), limits::audit_line_burst);
  EXPECT_THAT(lines.at(0).message, HasSubstr("../x\nFORGED"));  // Whoever writes it down escapes it.
  EXPECT_EQ(lines.at(0).sid, "S-1-5-21-1");
}

TEST(Culprit, WhoCancelsByTheThousandIsNamed) {
  EngineWorld world(one_pool());
  FakePeer& client = world.connect_client();
  const auto cancel_calls = [&](std::uint64_t first, std::uint64_t count) {
    for (std::uint64_t stream = first; stream < first + count; ++stream) {
      client.request(stream, "echo");
      client.cancel(stream);
    }
  };

  cancel_calls(1, limits::cancel_burst);
  EXPECT_FALSE(world.logged("many_cancels"));
  cancel_calls(1 + limits::cancel_burst, 1);

  const std::vector<LogRecord> lines = world.logs("many_cancels");
  ASSERT_THAT(lines, SizeIs(1));
  EXPECT_EQ(lines[0].process, 100u);
  EXPECT_EQ(lines[0].image, world.image);
  EXPECT_EQ(lines[0].sid, "S-1-5-21-1");
}

TEST(Culprit, WhoCancelsNowAndThenIsNot) {
  EngineWorld world(one_pool());
  FakePeer& client = world.connect_client();

  for (std::uint64_t stream = 1; stream <= 3 * limits::cancel_burst; ++stream) {
    client.request(stream, "echo");
    client.cancel(stream);
    world.advance(limits::cancel_interval);
  }

  EXPECT_FALSE(world.logged("many_cancels"));
}

}  // namespace
}  // namespace plugbroker::engine::testing
