// SPDX-License-Identifier: Apache-2.0
// What is asked of the system, where not every system obeys.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "broker_core/win/pipe_caller_identifier.h"
#include "tests/unit/win/recorded_calls.h"
#include "tests/unit/win/transport_bench.h"

namespace plugbroker::win {
namespace {

using test::PipeClient;
using test::RecordedCalls;
using test::RequestedPipe;
using testing::AllOf;
using testing::Each;
using testing::ElementsAre;
using testing::SizeIs;
using testing::Truly;

bool asks_to_be_first(const RequestedPipe& pipe) {
  return (pipe.open_mode & FILE_FLAG_FIRST_PIPE_INSTANCE) != 0;
}

bool is_overlapped(const RequestedPipe& pipe) {
  return (pipe.open_mode & FILE_FLAG_OVERLAPPED) != 0;
}

bool refuses_remote_clients(const RequestedPipe& pipe) {
  return (pipe.pipe_mode & PIPE_REJECT_REMOTE_CLIENTS) != 0;
}

/// These modes are the bits that are not set.
bool carries_bytes(const RequestedPipe& pipe) {
  return (pipe.pipe_mode & (PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE | PIPE_NOWAIT)) == 0;
}

const auto is_as_every_pipe = AllOf(Truly(is_overlapped), Truly(refuses_remote_clients), Truly(carries_bytes));

using PipeRequests = test::TransportBench;

TEST_F(PipeRequests, TakeTheNameOfThePublicPipeWithTheFirstInstanceAlone) {
  transport_.reset();
  const RecordedCalls calls;

  auto opened = IocpTransport::open(
      {.pipe_name = name_, .security = public_pipe_security(*own_user_sid()), .pending_instances = 3}, clock_, log_);
  transport_ = std::move(opened).value();
  transport_->wait(clock_.now(), sink_);

  ASSERT_THAT(calls.pipes, SizeIs(testing::Ge(4u)));
  EXPECT_TRUE(asks_to_be_first(calls.pipes.front()));
  EXPECT_FALSE(asks_to_be_first(calls.pipes.back()));
  EXPECT_TRUE(std::ranges::is_partitioned(calls.pipes, asks_to_be_first));
  EXPECT_THAT(calls.pipes, Each(is_as_every_pipe));
}

TEST_F(PipeRequests, MakeEachWorkersChannelAndOutputTheFirstOfARandomName) {
  const RecordedCalls calls;

  ASSERT_TRUE(create_private_pipe(WorkerEnd::channel).ok());
  ASSERT_TRUE(create_private_pipe(WorkerEnd::output).ok());

  ASSERT_THAT(calls.pipes, SizeIs(2));
  EXPECT_NE(calls.pipes[0].name, calls.pipes[1].name);
  EXPECT_THAT(calls.pipes, Each(AllOf(Truly(asks_to_be_first), is_as_every_pipe)));
  EXPECT_EQ(calls.pipes[0].open_mode & PIPE_ACCESS_DUPLEX, DWORD{PIPE_ACCESS_DUPLEX});
  EXPECT_EQ(calls.pipes[1].open_mode & PIPE_ACCESS_DUPLEX, DWORD{PIPE_ACCESS_INBOUND});
}

TEST_F(PipeRequests, OpenTheCallersTokenAsTheServiceItselfAndRevert) {
  PipeCallerIdentifier callers(*transport_, RouteAccess{});
  PipeClient client(name_);
  const ConnectionId connection = accept(client);
  client.write("HELLO");
  serve_until([&] { return sink_.text[connection] == "HELLO"; });
  const RecordedCalls calls;

  (void)callers.identify(connection);

  EXPECT_THAT(calls.identity, ElementsAre("ImpersonateNamedPipeClient", "OpenThreadToken as self", "RevertToSelf"));
}

}  // namespace
}  // namespace plugbroker::win
