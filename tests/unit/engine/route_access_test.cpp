// SPDX-License-Identifier: Apache-2.0
// Which routes a caller may call, and what the log says of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/engine/engine_world.h"

namespace plugbroker::engine::testing {
namespace {

using protocol::FrameType;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::SizeIs;

/// Every byte that a client got.
std::vector<std::byte> bytes_of(const std::vector<SeenFrame>& frames) {
  std::vector<std::byte> bytes;
  for (const SeenFrame& frame : frames) {
    const std::size_t at = bytes.size();
    bytes.resize(at + limits::frame_header_bytes);
    protocol::encode_header(frame.header, bytes.data() + at);
    bytes.insert(bytes.end(), frame.meta.begin(), frame.meta.end());
    for (const char letter : frame.payload) bytes.push_back(static_cast<std::byte>(letter));
  }
  return bytes;
}

/// What a client gets that may call "echo" and calls `route` in every way there is.
std::vector<std::byte> answers_to_calls_of(std::string_view route, EngineConfig config) {
  EngineWorld world(std::move(config));
  world.allowed_routes = {true, false};
  FakePeer& client = world.connect_client();
  client.request(1, route, "payload");
  client.request(3, route, std::string(60'000, 'x'));
  client.request(5, route, {}, 30s, no_message);
  client.data(5, "late", more);
  client.cancel(5);
  client.request(7, route, {}, 1us);
  return bytes_of(client.frames());
}

TEST(RouteAccess, ARouteThatIsDeniedAnswersWithTheSameBytesAsOneThatIsUnknown) {
  EngineConfig without = one_pool();
  without.pools[0].routes = {"echo", "other2"};

  // The same name, once of a route that exists and may not be called, once of none.
  const auto denied = answers_to_calls_of("other", one_pool());
  const auto unknown = answers_to_calls_of("other", without);

  EXPECT_EQ(denied, unknown);
  EXPECT_FALSE(denied.empty());
}

TEST(RouteAccess, ADeniedCallEndsLikeAnUnknownOneAlsoWhenItIsTooLargeOrItsPoolIsDrained) {
  EngineConfig small = one_pool();
  small.max_payload_bytes = 10;
  EngineConfig small_without = small;
  small_without.pools[0].routes = {"echo", "other2"};

  EXPECT_EQ(answers_to_calls_of("other", small), answers_to_calls_of("other", small_without));

  EngineWorld world(one_pool());
  world.allowed_routes = {true, false};
  FakePeer& client = world.connect_client();
  ASSERT_TRUE(world.ask({.command = OperatorCommand::drain, .pool = "p", .worker = {}, .asked_by = "test"}).ok());
  client.request(1, "other");
  EXPECT_EQ(client.end_of(1).status, StatusCode::not_found);
}

TEST(RouteAccess, TellsTheLogWhoWasDeniedWhat) {
  EngineWorld world(one_pool());
  world.allowed_routes = {true, false};
  FakePeer& client = world.connect_client();

  client.request(1, "other");
  client.request(3, "no.such.route");

  const std::vector<LogRecord> lines = world.logs("access_denied");
  ASSERT_THAT(lines, SizeIs(1));
  EXPECT_EQ(lines[0].level, LogLevel::warning);
  EXPECT_EQ(lines[0].route, "other");
  EXPECT_EQ(lines[0].session, client.connection().value);
  EXPECT_THAT(lines[0].message, AllOf(HasSubstr("S-1-5-21-1"), HasSubstr("someone"), HasSubstr("process 100")));
  EXPECT_EQ(world.snapshot().calls_denied, 1u);
}

TEST(RouteAccess, TellsTheLogNoMoreOfOneUserThanItsShareAndCountsTheRest) {
  EngineWorld world(one_pool());
  world.allowed_routes = {true, false};
  FakePeer& client = world.connect_client();  // One line: what he may.

  for (std::uint64_t stream = 1; stream <= 100; ++stream) client.request(stream, "other");
  EXPECT_THAT(world.logs("access_denied"), SizeIs(limits::audit_line_burst - 1));
  world.advance(limits::audit_line_interval);
  client.request(101, "other");

  const std::vector<LogRecord> lines = world.logs("access_denied");
  ASSERT_THAT(lines, SizeIs(limits::audit_line_burst));
  EXPECT_THAT(lines.back().message, HasSubstr("81 lines like this about the same user were left out before"));
  EXPECT_EQ(world.snapshot().calls_denied, 101u);
}

TEST(RouteAccess, OneUsersDeniedCallsDoNotHideAnothers) {
  EngineWorld world(one_pool());
  world.allowed_routes = {true, false};
  FakePeer& loud = world.connect_client_of("S-1-5-21-1");
  for (std::uint64_t stream = 1; stream <= 100; ++stream) loud.request(stream, "other");
  FakePeer& quiet = world.connect_client_of("S-1-5-21-2");

  quiet.request(1, "other");

  EXPECT_THAT(world.logs("access_denied").back().message, HasSubstr("S-1-5-21-2"));
}

TEST(RouteAccess, TellsTheLogOnceWhatAUserMayCall) {
  EngineWorld world(one_pool());
  world.allowed_routes = {true, false};

  (void)world.connect_client();
  (void)world.connect_client();

  const std::vector<LogRecord> lines = world.logs("access_decided");
  ASSERT_THAT(lines, SizeIs(1));
  EXPECT_EQ(lines[0].level, LogLevel::information);
  EXPECT_THAT(lines[0].message, AllOf(HasSubstr("S-1-5-21-1"), HasSubstr("may call 1 of the 2 routes: echo")));
}

TEST(RouteAccess, IsToldAgainWhenItHasChanged) {
  EngineWorld world(one_pool());
  (void)world.connect_client();
  world.allowed_routes = {false, false};

  world.handle(ConfigReplaced{.pools = one_pool().pools, .changed_programs = {}});

  const std::vector<LogRecord> lines = world.logs("access_decided");
  ASSERT_THAT(lines, SizeIs(2));
  EXPECT_THAT(lines[0].message, HasSubstr("may call all 2 routes"));
  EXPECT_THAT(lines[1].message, HasSubstr("may call none of the 2 routes"));
}

TEST(RouteAccess, OfManyRoutesTheLineNamesTen) {
  EngineConfig config = one_pool();
  config.pools[0].routes.clear();
  for (int i = 0; i < 20; ++i) config.pools[0].routes.push_back("r" + std::to_string(i));
  EngineWorld world(std::move(config));
  world.allowed_routes[19] = false;

  (void)world.connect_client();

  EXPECT_THAT(world.logs("access_decided").at(0).message,
              HasSubstr("may call 19 of the 20 routes: r0, r1, r2, r3, r4, r5, r6, r7, r8, r9 …"));
}

TEST(RouteAccess, OfAnOpenSessionFollowsTheConfiguration) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo");

  world.allowed_routes = {false, true};
  world.handle(ConfigReplaced{.pools = one_pool().pools, .changed_programs = {}});
  client.request(3, "echo");
  worker.channel.reply(1, "given before");
  client.request(5, "other");

  EXPECT_EQ(client.reply_of(1), "given before");  // What was let in goes on.
  EXPECT_EQ(client.end_of(3).status, StatusCode::not_found);
  EXPECT_EQ(worker.channel.count(FrameType::request), 2u);
}

TEST(RouteAccess, OfAnOpenSessionWhoseCallerCantBeToldAnyMoreIsGone) {
  EngineWorld world(one_pool());
  FakePeer& client = world.connect_client();
  world.identity = {StatusCode::internal, "AccessCheck: 5"};

  world.handle(ConfigReplaced{.pools = one_pool().pools, .changed_programs = {}});
  client.request(1, "echo");

  EXPECT_EQ(client.end_of(1).status, StatusCode::not_found);
}

TEST(RouteAccess, OfAnOpenSessionThatIsSomebodyElsesNowIsGone) {
  EngineWorld world(one_pool());
  FakePeer& client = world.connect_client();
  world.caller_sid = "S-1-5-21-2";

  world.handle(ConfigReplaced{.pools = one_pool().pools, .changed_programs = {}});
  client.request(1, "echo");

  EXPECT_EQ(client.end_of(1).status, StatusCode::not_found);
}

}  // namespace
}  // namespace plugbroker::engine::testing
