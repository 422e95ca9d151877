// SPDX-License-Identifier: Apache-2.0
#include "broker_core/log/log_line.h"

#include <gtest/gtest.h>

namespace plugbroker::log {
namespace {

using namespace std::chrono_literals;

const WallTime moment = std::chrono::sys_days{std::chrono::year{2026} / 3 / 4} + 5h + 6min + 7s + 89ms + 999us;

TEST(LogLine, HasTimeLevelEventAndWhoItConcerns) {
  const LogRecord record{.level = LogLevel::warning,
                         .event = "worker_exited",
                         .message = "exit code 1",
                         .pool = "markdown",
                         .worker = 3,
                         .session = 7,
                         .call = 12};

  EXPECT_EQ(log_line(record, moment),
            "2026-03-04T05:06:07.089Z warning worker_exited pool=markdown worker=3 session=7 call=12 "
            "message=\"exit code 1\"");
}

TEST(LogLine, NamesWhoDidItAndNoPathOfAProgramCanBeginAField) {
  const LogRecord record{.event = "protocol_error",
                         .message = "garbage",
                         .session = 7,
                         .process = 1234,
                         .image = "C:\\Program Files\\a\" sid=S-1-5-18\n.exe",
                         .sid = "S-1-5-21-1-2-3-1001"};

  EXPECT_EQ(log_line(record, moment),
            "2026-03-04T05:06:07.089Z information protocol_error session=7 process=1234 "
            "image=\"C:\\\\Program Files\\\\a\\\" sid=S-1-5-18\\n.exe\" sid=S-1-5-21-1-2-3-1001 message=\"garbage\"");
}

TEST(LogLine, NamesTheRouteOfACallWhole) {
  const std::string route = "shop/" + std::string(250, 'r');

  EXPECT_EQ(log_line({.event = "call_failed", .pool = "shop", .route = route, .call = 7}, moment),
            "2026-03-04T05:06:07.089Z information call_failed pool=shop route=" + route + " call=7");
}

TEST(LogLine, LeavesOutWhatIsEmptyOrZero) {
  EXPECT_EQ(log_line({.event = "started"}, moment), "2026-03-04T05:06:07.089Z information started");
  EXPECT_EQ(log_line({}, moment), "2026-03-04T05:06:07.089Z information unnamed");
}

TEST(LogLine, CannotBeForgedByAMessage) {
  const LogRecord record{.event = "e", .message = "x\"\n2026-03-04T05:06:07.089Z error forged pool=\"a"};

  EXPECT_EQ(log_line(record, moment),
            R"(2026-03-04T05:06:07.089Z information e message="x\"\n2026-03-04T05:06:07.089Z error forged pool=\"a")");
}

TEST(LogLine, CannotBeForgedByAName) {
  EXPECT_EQ(log_line({.event = "a b\nc", .pool = "p\" worker=1"}, moment),
            R"(2026-03-04T05:06:07.089Z information "a b\nc" pool="p\" worker=1")");
}

TEST(LogLine, EscapesWhatIsNotUtf8) {
  EXPECT_EQ(log_line({.event = "e", .message = "\xFF\x1b[0m"}, moment),
            R"(2026-03-04T05:06:07.089Z information e message="\xff\x1b[0m")");
}

TEST(LogLine, BoundsTheMessage) {
  const std::string line = log_line({.event = "e", .message = std::string(100'000, 'x')}, moment);

  EXPECT_LT(line.size(), 9000u);
  EXPECT_TRUE(line.ends_with("... (91808 more bytes)\""));
}

}  // namespace
}  // namespace plugbroker::log
