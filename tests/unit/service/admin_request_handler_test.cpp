// SPDX-License-Identifier: Apache-2.0
#include "service/admin_request_handler.h"

#include <gmock/gmock.h>

#include <boost/json/parse.hpp>
#include <variant>
#include <vector>

namespace plugbroker::service {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class StoppedClock : public Clock {
 public:
  [[nodiscard]] TimePoint now() const override { return TimePoint{100s}; }
};

class AdminRequests : public ::testing::Test {
 protected:
  AdminRequests() { publish(0); }

  void publish(std::uint32_t sessions) {
    auto snapshot = std::make_shared<engine::Snapshot>();
    snapshot->taken_at = clock_.now();
    snapshot->sessions = sessions;
    board_.publish(snapshot);
  }

  runtime::ServedReply serve(std::string_view route, std::string_view request = "") {
    const std::function<std::string()> caller = [] { return std::string{R"(HOST\admin (S-1-5-21-500))"}; };
    auto answer = handler_.serve({route, as_byte_view(request), caller});
    if (const auto* slow = std::get_if<runtime::SlowReply>(&answer)) {
      ++slow_replies_;
      return (*slow)();
    }
    return std::get<runtime::ServedReply>(std::move(answer));
  }

  static boost::json::value parsed(const runtime::ServedReply& reply) { return boost::json::parse(reply.payload); }

  StoppedClock clock_;
  runtime::SnapshotBoard board_;
  int slow_replies_ = 0;
  std::vector<engine::OperatorRequest> operated_;
  std::vector<TimePoint> operated_until_;
  std::vector<std::string> reloaded_by_;
  Status result_;
  AdminRequestHandler handler_{
      StatusPage{{.service_name = "PlugBroker"}, {board_, clock_, [] {}, [] {}}},
      {.operate =
           [this](engine::OperatorRequest request, TimePoint until) {
             operated_.push_back(std::move(request));
             operated_until_.push_back(until);
             publish(7);
             return result_;
           },
       .reload =
           [this](std::string asked_by) {
             reloaded_by_.push_back(std::move(asked_by));
             publish(8);
             return result_;
           },
       .list_evidence = [] { return Result<std::string>{"the list"}; },
       .read_evidence = [](std::string_view name) { return Result<std::string>{"case " + std::string{name}}; }},
      clock_};
};

TEST_F(AdminRequests, ForTheStatusAreAnsweredWithIt) {
  const runtime::ServedReply reply = serve("status");

  EXPECT_TRUE(reply.status.ok());
  EXPECT_EQ(reply.content_type, "application/json");
  EXPECT_EQ(parsed(reply).at("service_name"), "PlugBroker");
}

TEST_F(AdminRequests, ToOperateAreAnsweredWithTheStateAfterwards) {
  const runtime::ServedReply reply = serve("operate", R"({"command":"recycle","worker":3})");

  ASSERT_EQ(operated_.size(), 1u);
  EXPECT_EQ(operated_[0].command, engine::OperatorCommand::recycle);
  EXPECT_EQ(operated_[0].worker, WorkerId{3});
  EXPECT_EQ(operated_[0].asked_by, R"(HOST\admin (S-1-5-21-500))");
  EXPECT_EQ(parsed(reply).at("sessions"), 7);
}

TEST_F(AdminRequests, ThatWaitForTheLoopDoSoBesideTheOthersAndAsLongAsSinceTheyWereAskedFor) {
  (void)serve("operate", R"({"command":"recycle","worker":3})");
  (void)serve("reload");
  EXPECT_EQ(slow_replies_, 2);
  EXPECT_THAT(operated_until_, ElementsAre(clock_.now() + 2s));

  (void)serve("status");
  (void)serve("evidence");
  (void)serve("operate", "not even JSON");
  (void)serve("reload", "now");
  EXPECT_EQ(slow_replies_, 2);
}

TEST_F(AdminRequests, ToOperateAreAnsweredWithWhatTheEngineHasAgainstIt) {
  result_ = {StatusCode::not_found, "there is no pool \"x\""};

  EXPECT_EQ(serve("operate", R"({"command":"drain","pool":"x"})").status, result_);
}

TEST_F(AdminRequests, ToOperateThatMakeNoSenseNeverReachTheEngine) {
  const runtime::ServedReply reply = serve("operate", R"({"command":"drain","pool":"x","force":true})");

  EXPECT_EQ(reply.status.code, StatusCode::invalid_argument);
  EXPECT_THAT(reply.status.message, HasSubstr("\"force\""));
  EXPECT_TRUE(operated_.empty());
}

TEST_F(AdminRequests, ToReloadAreAnsweredWithTheStateAfterwards) {
  const runtime::ServedReply reply = serve("reload");

  EXPECT_THAT(reloaded_by_, ElementsAre(R"(HOST\admin (S-1-5-21-500))"));
  EXPECT_EQ(parsed(reply).at("sessions"), 8);
}

TEST_F(AdminRequests, ToReloadSayWhatIsWrongWithTheConfiguration) {
  result_ = {StatusCode::failed_precondition, "line 3: no such setting"};

  EXPECT_EQ(serve("reload").status, result_);
}

TEST_F(AdminRequests, ToReloadTakeNothing) {
  EXPECT_EQ(serve("reload", "now").status.code, StatusCode::invalid_argument);
  EXPECT_TRUE(reloaded_by_.empty());
}

TEST_F(AdminRequests, ForEvidenceAreAnsweredWithTheListOrOneCase) {
  EXPECT_EQ(serve("evidence").payload, "the list");
  EXPECT_EQ(serve("evidence", R"({"case":"20260304-documents-3"})").payload, "case 20260304-documents-3");
  EXPECT_EQ(serve("evidence", R"({"case":""})").status.code, StatusCode::invalid_argument);
}

TEST_F(AdminRequests, OfAnotherRouteAreRefused) {
  const runtime::ServedReply reply = serve("shutdown");

  EXPECT_EQ(reply.status.code, StatusCode::not_found);
  EXPECT_THAT(reply.status.message, HasSubstr("\"shutdown\""));
}

}  // namespace
}  // namespace plugbroker::service
