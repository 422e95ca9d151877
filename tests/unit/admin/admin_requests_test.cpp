// SPDX-License-Identifier: Apache-2.0
#include "broker_core/admin/admin_requests.h"

#include <gmock/gmock.h>

#include "broker_core/base/limits.h"

namespace plugbroker::admin {
namespace {

using engine::OperatorCommand;
using ::testing::HasSubstr;

std::string problem_of(std::string_view json) {
  const Result<engine::OperatorRequest> request = parse_operate_request(json);
  return request.ok() ? "none" : request.status().message;
}

TEST(OperateRequest, ComesBackAsItWasWritten) {
  for (const engine::OperatorRequest& request :
       {engine::OperatorRequest{OperatorCommand::drain, "p", {}, {}},
        engine::OperatorRequest{OperatorCommand::resume, "p", {}, {}},
        engine::OperatorRequest{OperatorCommand::recycle, "p", {}, {}},
        engine::OperatorRequest{OperatorCommand::recycle, "", WorkerId{3}, {}},
        engine::OperatorRequest{OperatorCommand::kill, "", WorkerId{4}, {}},
        engine::OperatorRequest{OperatorCommand::close_breaker, "p", {}, {}}}) {
    const Result<engine::OperatorRequest> read = parse_operate_request(operate_request_json(request));

    ASSERT_TRUE(read.ok()) << read.status().message;
    EXPECT_EQ(read->command, request.command);
    EXPECT_EQ(read->pool, request.pool);
    EXPECT_EQ(read->worker, request.worker);
  }
}

TEST(OperateRequest, NamesWhatTheCommandNeedsAndNoMore) {
  EXPECT_EQ(problem_of(R"({"command":"drain"})"), "drain takes a pool and no worker");
  EXPECT_EQ(problem_of(R"({"command":"resume","worker":1})"), "resume takes a pool and no worker");
  EXPECT_EQ(problem_of(R"({"command":"close-breaker","pool":"p","worker":1})"),
            "close-breaker takes a pool and no worker");
  EXPECT_EQ(problem_of(R"({"command":"recycle"})"), "recycle takes a pool or a worker");
  EXPECT_EQ(problem_of(R"({"command":"recycle","pool":"p","worker":1})"), "recycle takes a pool or a worker");
  EXPECT_EQ(problem_of(R"({"command":"kill","pool":"p"})"), "kill takes a worker and no pool");
}

TEST(OperateRequest, IsRefusedWhenItIsAnythingElse) {
  EXPECT_EQ(problem_of(""), "the request is not a JSON object");
  EXPECT_EQ(problem_of("[]"), "the request is not a JSON object");
  EXPECT_EQ(problem_of("{}"), "there is no command \"\"");
  EXPECT_EQ(problem_of(R"({"command":"stop","pool":"p"})"), "there is no command \"stop\"");
  EXPECT_THAT(problem_of(R"({"command":"drain","pool":"p","force":true})"),
              HasSubstr("has a key \"force\" that nobody knows; it may have: command, pool, worker"));
  EXPECT_THAT(problem_of(R"({"command":"drain","pool":5})"), HasSubstr("\"pool\""));
  EXPECT_THAT(problem_of(R"({"command":"drain","pool":""})"), HasSubstr("\"pool\""));
  for (const char* worker : {"0", "-1", "1.5", "\"1\"", "null", "18446744073709551615"}) {
    EXPECT_THAT(problem_of(std::string{R"({"command":"kill","worker":)"} + worker + '}'), HasSubstr("\"worker\""))
        << worker;
  }
}

TEST(OperateRequest, IsRefusedWhenAKeyIsThereTwice) {
  EXPECT_EQ(problem_of(R"({"command":"drain","pool":"p","pool":"q"})"), "the request has the key \"pool\" twice");
  EXPECT_EQ(problem_of(R"({"command":"drain","pool":"p","command":"kill"})"),
            "the request has the key \"command\" twice");
  EXPECT_EQ(problem_of(R"({"command":"drain","p\u006fol":"p","pool":"p"})"), "the request has the key \"pool\" twice");
  EXPECT_EQ(problem_of(R"({"command":"drain","x\n":1,"x\n":2})"), R"(the request has the key "x\n" twice)");
  EXPECT_EQ(parse_evidence_request(R"({"case":"1","case":"2"})").status().message,
            "the request has the key \"case\" twice");
}

TEST(OperateRequest, MayHaveTheSameTextAsKeyAndAsValue) {
  EXPECT_EQ(problem_of(R"({"command":"drain","pool":"pool"})"), "none");
}

TEST(OperateRequest, IsRefusedWhenItIsTooLong) {
  const std::string spaces(limits::max_admin_request_bytes, ' ');

  EXPECT_EQ(problem_of(spaces + R"({"command":"drain","pool":"p"})"), "the request is longer than 4096 bytes");
}

TEST(EvidenceRequest, AsksForTheListOrForOneCase) {
  EXPECT_EQ(*parse_evidence_request(evidence_request_json("")), "");
  EXPECT_EQ(*parse_evidence_request(evidence_request_json("2026-p-1")), "2026-p-1");
  EXPECT_EQ(parse_evidence_request("{}").status().message, "the request names no case");
  EXPECT_EQ(parse_evidence_request(R"({"case":""})").status().code, StatusCode::invalid_argument);
  EXPECT_EQ(parse_evidence_request(R"({"file":"x"})").status().code, StatusCode::invalid_argument);
}

}  // namespace
}  // namespace plugbroker::admin
