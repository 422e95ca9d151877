// SPDX-License-Identifier: Apache-2.0
#include "broker_core/base/status.h"

#include <gtest/gtest.h>

#include <set>

#include "broker_core/base/log_sink.h"

namespace plugbroker {
namespace {

TEST(StatusCode, HasTheNumbersOfGrpc) {
  EXPECT_EQ(to_string(StatusCode{0}), "ok");
  EXPECT_EQ(to_string(StatusCode{3}), "invalid_argument");
  EXPECT_EQ(to_string(StatusCode{4}), "deadline_exceeded");
  EXPECT_EQ(to_string(StatusCode{8}), "resource_exhausted");
  EXPECT_EQ(to_string(StatusCode{14}), "unavailable");
  EXPECT_EQ(to_string(StatusCode{16}), "unauthenticated");
}

TEST(StatusCode, EveryNumberUpToTheHighestHasANameOfItsOwn) {
  std::set<std::string_view> names;
  for (std::uint16_t code = 0; code <= highest_status_code; ++code) names.insert(to_string(StatusCode{code}));

  EXPECT_EQ(names.size(), highest_status_code + 1u);
  EXPECT_FALSE(names.contains("unrecognised"));
  EXPECT_FALSE(names.contains(""));
}

TEST(StatusCode, ANumberWithoutANameIsUnrecognised) {
  EXPECT_EQ(to_string(StatusCode{highest_status_code + 1}), "unrecognised");
  EXPECT_EQ(to_string(StatusCode{0xFFFF}), "unrecognised");
}

TEST(RetryClass, EachHasAName) {
  EXPECT_EQ(to_string(RetryClass::never), "never");
  EXPECT_EQ(to_string(RetryClass::safe), "safe");
  EXPECT_EQ(to_string(RetryClass::after_backoff), "after_backoff");
  EXPECT_EQ(to_string(RetryClass{3}), "unrecognised");
}

TEST(Origin, EachHasAName) {
  EXPECT_EQ(to_string(Origin::client), "client");
  EXPECT_EQ(to_string(Origin::broker), "broker");
  EXPECT_EQ(to_string(Origin::worker), "worker");
  EXPECT_EQ(to_string(Origin{0}), "unrecognised");
}

TEST(LogLevel, EachHasAName) {
  EXPECT_EQ(to_string(LogLevel::debug), "debug");
  EXPECT_EQ(to_string(LogLevel::information), "information");
  EXPECT_EQ(to_string(LogLevel::warning), "warning");
  EXPECT_EQ(to_string(LogLevel::error), "error");
  EXPECT_EQ(to_string(LogLevel{4}), "unrecognised");
}

}  // namespace
}  // namespace plugbroker
