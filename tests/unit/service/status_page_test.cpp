// SPDX-License-Identifier: Apache-2.0
#include "service/status_page.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

namespace plugbroker::service {
namespace {

using namespace std::chrono_literals;

class ManualClock : public Clock {
 public:
  [[nodiscard]] TimePoint now() const override { return time; }
  TimePoint time{100s};
};

class StatusPageTest : public ::testing::Test {
 protected:
  void publish() {
    auto snapshot = std::make_shared<engine::Snapshot>();
    snapshot->taken_at = clock_.time;
    board_.publish(snapshot);
  }

  /// Each pause takes 10 ms; the third one after a refresh publishes, if `answers`.
  StatusPage page(bool answers) {
    return {{.service_name = "PlugBroker"},
            {.board = board_,
             .clock = clock_,
             .refresh = [this] { ++refreshes_; },
             .pause =
                 [this, answers] {
                   clock_.time += 10ms;
                   ++pauses_;
                   const bool due = answers && pauses_ == 3;
                   for (int times = due ? 1 : 0; times > 0; --times) publish();
                 }}};
  }

  static boost::json::value parsed(const runtime::ServedReply& reply) { return boost::json::parse(reply.payload); }

  ManualClock clock_;
  runtime::SnapshotBoard board_;
  int refreshes_ = 0;
  int pauses_ = 0;
};

TEST_F(StatusPageTest, ShowsAFreshSnapshot) {
  publish();
  clock_.time += 1h;

  const runtime::ServedReply reply = page(true).fresh();

  EXPECT_TRUE(reply.status.ok());
  EXPECT_EQ(reply.content_type, "application/json");
  EXPECT_EQ(parsed(reply).at("snapshot_age_ms"), 0);
  EXPECT_EQ(refreshes_, 1);
  EXPECT_EQ(pauses_, 3);
}

TEST_F(StatusPageTest, ShowsTheLastSnapshotWhenTheLoopHangs) {
  publish();
  clock_.time += 1h;

  const runtime::ServedReply reply = page(false).fresh();

  EXPECT_TRUE(reply.status.ok());
  EXPECT_EQ(parsed(reply).at("snapshot_age_ms"), 3'600'250);
}

TEST_F(StatusPageTest, SaysSomethingBeforeTheFirstSnapshot) {
  const runtime::ServedReply reply = page(false).fresh();

  EXPECT_TRUE(parsed(reply).at("snapshot_age_ms").is_null());
}

TEST_F(StatusPageTest, ShowsTheLatestSnapshotWithoutAskingForAnother) {
  publish();
  clock_.time += 1s;

  const runtime::ServedReply reply = page(true).latest();

  EXPECT_EQ(parsed(reply).at("snapshot_age_ms"), 1000);
  EXPECT_EQ(refreshes_, 0);
  EXPECT_EQ(pauses_, 0);
}

}  // namespace
}  // namespace plugbroker::service
