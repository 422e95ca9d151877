// SPDX-License-Identifier: Apache-2.0
#include "broker_core/win/pipe_caller_identifier.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/unit/win/transport_bench.h"

namespace plugbroker::win {
namespace {

using test::PipeClient;

using PipeCallerIdentifierTest = test::TransportBench;

TEST_F(PipeCallerIdentifierTest, KnowsTheUserAtTheOtherEndAndAllowsEveryRoute) {
  PipeCallerIdentifier callers(*transport_, 3);
  PipeClient client(name_);
  const ConnectionId connection = accept(client);
  client.write("HELLO");
  serve_until([&] { return sink_.text[connection] == "HELLO"; });

  const auto caller = callers.identify(connection);

  EXPECT_TRUE(caller.result.ok()) << caller.result.message;
  EXPECT_EQ(caller.connection, connection);
  EXPECT_EQ(caller.sid, *own_user_sid());
  EXPECT_EQ(caller.allowed_routes, std::vector<bool>(3, true));
}

TEST_F(PipeCallerIdentifierTest, IsItselfAgainAfterwards) {
  PipeCallerIdentifier callers(*transport_, 1);
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
  PipeCallerIdentifier callers(*transport_, 1);
  PipeClient client(name_, PipeClient::Sqos::anonymous);
  const ConnectionId connection = accept(client);
  client.write("HELLO");
  serve_until([&] { return sink_.text[connection] == "HELLO"; });

  const auto caller = callers.identify(connection);

  EXPECT_EQ(caller.result.code, StatusCode::unauthenticated) << caller.result.message;
  EXPECT_TRUE(caller.allowed_routes.empty());
}

TEST_F(PipeCallerIdentifierTest, RefusesAConnectionThatIsGone) {
  PipeCallerIdentifier callers(*transport_, 1);

  EXPECT_EQ(callers.identify(ConnectionId{77}).result.code, StatusCode::unavailable);
}

TEST(AccountNames, KnowsANameTheSecondTime) {
  AccountNames names;
  const std::string everyone = "S-1-1-0";
  EXPECT_EQ(names.find(everyone), "");

  names.wait_until_idle();

  EXPECT_FALSE(names.find(everyone).empty());
}

TEST(AccountNames, HasNoNameForWhatNobodyKnows) {
  AccountNames names;
  (void)names.find("not a SID");
  names.wait_until_idle();

  EXPECT_EQ(names.find("not a SID"), "");
}

}  // namespace
}  // namespace plugbroker::win
