// SPDX-License-Identifier: Apache-2.0
#include "broker_core/win/pipe_caller_identifier.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <vector>

#include "tests/unit/win/transport_bench.h"

namespace plugbroker::win {
namespace {

using test::PipeClient;

using PipeCallerIdentifierTest = test::TransportBench;

/// Access as these texts say it, by route.
RouteAccess access(const std::vector<std::string>& sddl_by_route) {
  auto made = RouteAccess::make(sddl_by_route);
  EXPECT_TRUE(made.ok()) << made.status().message;
  return std::move(made).value();
}

constexpr auto everybody = "D:(A;;0x1;;;WD)";
constexpr auto nobody = "D:(D;;0x1;;;WD)";

TEST_F(PipeCallerIdentifierTest, KnowsTheUserAtTheOtherEndAndWhatHeMayCall) {
  PipeCallerIdentifier callers(*transport_, access({everybody, nobody, everybody}));
  PipeClient client(name_);
  const ConnectionId connection = accept(client);
  client.write("HELLO");
  serve_until([&] { return sink_.text[connection] == "HELLO"; });

  const auto caller = callers.identify(connection);

  EXPECT_TRUE(caller.result.ok()) << caller.result.message;
  EXPECT_EQ(caller.connection, connection);
  EXPECT_EQ(caller.sid, *own_user_sid());
  EXPECT_EQ(caller.allowed_routes, (std::vector<bool>{true, false, true}));
  ASSERT_TRUE(caller.integrity.has_value());
  EXPECT_GE(*caller.integrity, DWORD{SECURITY_MANDATORY_MEDIUM_RID});
  DWORD session = 0;
  ASSERT_TRUE(ProcessIdToSessionId(GetCurrentProcessId(), &session));
  EXPECT_EQ(caller.windows_session, session);
}

TEST_F(PipeCallerIdentifierTest, FollowsAccessThatHasChanged) {
  PipeCallerIdentifier callers(*transport_, access({everybody}));
  PipeClient client(name_);
  const ConnectionId connection = accept(client);
  client.write("HELLO");
  serve_until([&] { return sink_.text[connection] == "HELLO"; });
  EXPECT_EQ(callers.identify(connection).allowed_routes, std::vector<bool>{true});

  callers.set_access(access({nobody, everybody}));

  EXPECT_EQ(callers.identify(connection).allowed_routes, (std::vector<bool>{false, true}));
}

TEST_F(PipeCallerIdentifierTest, TellsANameThatItFindsOutLater) {
  PipeCallerIdentifier callers(*transport_, access({everybody}), true);
  PipeClient client(name_);
  const ConnectionId connection = accept(client);
  client.write("HELLO");
  serve_until([&] { return sink_.text[connection] == "HELLO"; });
  EXPECT_EQ(callers.identify(connection).account, "");

  std::vector<engine::CallerNamed> named;
  serve_until([&] {
    if (named.empty()) named = callers.take_names();
    return !named.empty();
  });

  EXPECT_EQ(named.at(0).sid, *own_user_sid());
  EXPECT_EQ(named.at(0).account, callers.identify(connection).account);
  EXPECT_TRUE(callers.take_names().empty());
}

TEST_F(PipeCallerIdentifierTest, IsItselfAgainAfterwards) {
  PipeCallerIdentifier callers(*transport_, access({everybody}));
  PipeClient client(name_);
  const ConnectionId connection = accept(client);
  client.write("HELLO");
  serve_until([&] { return sink_.text[connection] == "HELLO"; });
  (void)callers.identify(connection);

  HANDLE token = nullptr;
  EXPECT_FALSE(OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &token));
  EXPECT_EQ(GetLastError(), DWORD{ERROR_NO_TOKEN});
}

TEST_F(PipeCallerIdentifierTest, RefusesAnAnonymousCaller) {
  if (test::runs_under_wine()) GTEST_SKIP() << "Wine: a client that connects as anonymous is identified all the same";
  PipeCallerIdentifier callers(*transport_, access({everybody}));
  PipeClient client(name_, PipeClient::Sqos::anonymous);
  const ConnectionId connection = accept(client);
  client.write("HELLO");
  serve_until([&] { return sink_.text[connection] == "HELLO"; });

  const auto caller = callers.identify(connection);

  EXPECT_EQ(caller.result.code, StatusCode::unauthenticated) << caller.result.message;
  EXPECT_TRUE(caller.allowed_routes.empty());
}

TEST_F(PipeCallerIdentifierTest, RefusesAConnectionThatIsGone) {
  PipeCallerIdentifier callers(*transport_, access({everybody}));

  EXPECT_EQ(callers.identify(ConnectionId{77}).result.code, StatusCode::unavailable);
}

TEST(AccountNames, KnowsANameTheSecondTime) {
  AccountNames names;
  const std::string everyone = "S-1-1-0";
  EXPECT_EQ(names.find(everyone), "");

  names.wait_until_idle();

  EXPECT_FALSE(names.find(everyone).empty());
}

TEST(AccountNames, GivesWhatItFoundOnceAndCallsForThat) {
  std::atomic<int> calls = 0;
  AccountNames names([&] { ++calls; });
  (void)names.find("S-1-1-0");
  (void)names.find("not a SID");
  names.wait_until_idle();

  const std::vector<AccountNames::Found> found = names.take_found();

  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].sid, "S-1-1-0");
  EXPECT_EQ(found[0].name, names.find("S-1-1-0"));
  EXPECT_EQ(calls, 1);
  EXPECT_TRUE(names.take_found().empty());
}

TEST(AccountNames, HasNoNameForWhatNobodyKnows) {
  AccountNames names;
  (void)names.find("not a SID");
  names.wait_until_idle();

  EXPECT_EQ(names.find("not a SID"), "");
}

}  // namespace
}  // namespace plugbroker::win
