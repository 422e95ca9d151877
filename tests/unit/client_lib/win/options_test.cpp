// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstring>

#include "tests/unit/client_lib/win/test_client.h"

namespace plugbroker::client {
namespace {

plugbroker_status create_with(const plugbroker_client_options& options) {
  plugbroker_client* client = nullptr;
  const plugbroker_status status = plugbroker_client_create(&options, &client);
  plugbroker_client_destroy(client);
  return status;
}

TEST(Options, RefusePipesOfOtherMachines) {
  auto options = plugbroker_client_options_default();
  options.pipe_name = R"(\\host\pipe\PlugBroker)";

  EXPECT_EQ(create_with(options), PLUGBROKER_INVALID_ARGUMENT);
}

TEST(Options, RefuseOwnersThatAreNoSidAndSayWhich) {
  LogLines log;
  auto options = plugbroker_client_options_default();
  options.trusted_owners = "Everyone";
  options.log = LogLines::take;
  options.log_context = &log;

  EXPECT_EQ(create_with(options), PLUGBROKER_INVALID_ARGUMENT);
  EXPECT_NE(log.text().find("'Everyone'"), std::string::npos) << log.text();
}

TEST(Options, ThatAreRefusedLeaveTheReasonInTheErrorAndWithTheLog) {
  LogLines log;
  auto options = options_for(R"(\\.\pipe\P)");
  options.trusted_owners = "current-user";
  options.log = LogLines::take;
  options.log_context = &log;

  const auto client = v1::Client::create(options);

  ASSERT_FALSE(client.ok());
  EXPECT_EQ(client.error().status, PLUGBROKER_INVALID_ARGUMENT);
  EXPECT_NE(client.error().message.find("'current-user'"), std::string::npos) << client.error().message;
  EXPECT_EQ(log.lines.size(), 1u) << log.text();
}

TEST(Options, OfAnOlderCallerAreTakenAsFarAsTheyGo) {
  auto options = plugbroker_client_options_default();
  options.pipe_name = "read by nobody: beyond the struct's size";
  options.struct_size = 8;

  EXPECT_EQ(create_with(options), PLUGBROKER_OK);
}

TEST(Options, OfANewerCallerAreTakenUnlessTheySetAFieldThatIsUnknownHere) {
  struct Newer {
    plugbroker_client_options known;
    std::uint64_t unknown;
  } newer{plugbroker_client_options_default(), 0};
  newer.known.struct_size = sizeof newer;
  const plugbroker_status unset = create_with(newer.known);

  newer.unknown = 1;
  const plugbroker_status set = create_with(newer.known);

  EXPECT_EQ(unset, PLUGBROKER_OK);
  EXPECT_EQ(set, PLUGBROKER_INVALID_ARGUMENT);
}

TEST(Options, WithoutASizeAreRefused) {
  auto options = plugbroker_client_options_default();
  options.struct_size = 0;

  EXPECT_EQ(create_with(options), PLUGBROKER_INVALID_ARGUMENT);
}

TEST(Options, WhoseSizeEndsInsideAFieldAreRefused) {
  auto options = plugbroker_client_options_default();
  options.pipe_name = R"(\\.\pipe\PlugBroker)";
  options.struct_size = 9;  // One byte of a pointer.

  EXPECT_EQ(create_with(options), PLUGBROKER_INVALID_ARGUMENT);
}

TEST(Options, RefuseDeadlinesThatAreNegativeOrBeyondADay) {
  plugbroker_client* client = nullptr;
  ASSERT_EQ(plugbroker_client_create(nullptr, &client), PLUGBROKER_OK);
  auto options = plugbroker_call_options_default();
  options.deadline_us = -1;
  const plugbroker_status negative = plugbroker_call(client, "echo", nullptr, 0, &options, nullptr);
  options.deadline_us = PLUGBROKER_MAX_DEADLINE_US + 1;
  const plugbroker_status too_long = plugbroker_call(client, "echo", nullptr, 0, &options, nullptr);
  plugbroker_client_destroy(client);

  EXPECT_EQ(negative, PLUGBROKER_INVALID_ARGUMENT);
  EXPECT_EQ(too_long, PLUGBROKER_INVALID_ARGUMENT);
}

TEST(Options, MayBeNullEverywhereAndNullHandlesAreErrorsNotCrashes) {
  plugbroker_reply* reply = nullptr;

  EXPECT_EQ(plugbroker_call(nullptr, "echo", nullptr, 0, nullptr, &reply), PLUGBROKER_INVALID_ARGUMENT);
  EXPECT_STREQ(plugbroker_reply_message(reply), "client is NULL");
  plugbroker_reply_free(reply);
  plugbroker_reply_free(nullptr);
  EXPECT_EQ(plugbroker_client_create(nullptr, nullptr), PLUGBROKER_INVALID_ARGUMENT);
  EXPECT_EQ(plugbroker_client_destroy(nullptr), PLUGBROKER_OK);
  EXPECT_EQ(plugbroker_reply_status(nullptr), PLUGBROKER_INVALID_ARGUMENT);
  plugbroker_cancellation_cancel(nullptr);
  plugbroker_cancellation_destroy(nullptr);
}

TEST(Options, NameEachStatus) {
  EXPECT_STREQ(plugbroker_status_name(PLUGBROKER_UNAUTHENTICATED), "unauthenticated");
  EXPECT_STREQ(plugbroker_status_name(17), "unrecognised");
  EXPECT_STREQ(plugbroker_status_name(-1), "unrecognised");
}

}  // namespace
}  // namespace plugbroker::client
