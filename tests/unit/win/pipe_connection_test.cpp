// SPDX-License-Identifier: Apache-2.0
#include "broker_core/win/pipe_connection.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "broker_core/win/pipe_instance.h"
#include "broker_core/win/service_sid.h"
#include "tests/unit/win/pipe_client.h"
#include "tests/unit/win/test_guard.h"
#include "tests/unit/win/transport_bench.h"

namespace plugbroker::win {
namespace {

using test::PipeClient;

/// A connection on a port of its own, whose owner counts.
class PipeConnectionTest : public testing::Test, protected PipeConnectionOwner {
 protected:
  PipeConnectionTest() {
    auto security = security_choices(public_pipe_security(*own_user_sid()));
    EXPECT_TRUE(security.ok());
    EXPECT_EQ(
        create_pipe_instance({.name = name_, .buffer_bytes = 4u << 20}, true, security->back().descriptor, server_),
        0u);
  }
  ~PipeConnectionTest() override {
    client_->close();
    if (connection_ == nullptr) return;
    connection_->abort();
    while (!connection_->finished()) step();
  }

  void open(PipeConnection::Reading reading) {
    client_ = std::make_unique<PipeClient>(name_);
    ASSERT_TRUE(client_->is_open());
    port_ = UniqueHandle(CreateIoCompletionPort(server_.get(), nullptr, 0, 1));
    ASSERT_TRUE(port_);
    ASSERT_TRUE(SetFileCompletionNotificationModes(server_.get(), FILE_SKIP_COMPLETION_PORT_ON_SUCCESS));
    PipeConnectionOwner& owner = *this;
    connection_ = std::make_unique<PipeConnection>(ConnectionId{1}, std::move(server_), reading, owner);
    connection_->proceed();
  }

  /// One packet, if there is one, and one proceed() if it was asked for.
  void step() {
    DWORD bytes = 0;
    ULONG_PTR key = 0;
    OVERLAPPED* packet = nullptr;
    GetQueuedCompletionStatus(port_.get(), &bytes, &key, &packet, scheduled_ ? 0 : 50);
    if (packet != nullptr) finish_operation(*packet);
    if (std::exchange(scheduled_, false)) connection_->proceed();
  }
  void step_until_received(std::size_t bytes) {
    for (int i = 0; i < 1000 && sink_.text[ConnectionId{1}].size() < bytes; ++i) step();
  }
  /// Writes eight bytes and waits for them.
  void send_question() {
    const std::size_t before = sink_.text[ConnectionId{1}].size();
    client_->write("question");
    step_until_received(before + 8);
  }

  std::vector<std::byte> lend_buffer() override {
    ++lent_;
    ++times_lent_;
    most_lent_ = std::max(most_lent_, lent_);
    return std::vector<std::byte>(limits::read_buffer_bytes);
  }
  void return_buffer(std::vector<std::byte>) override { --lent_; }
  bool may_keep_buffer(ConnectionId) override { return may_keep_; }
  void return_written(std::vector<std::byte>) override {}
  void schedule(ConnectionId) override { scheduled_ = true; }
  runtime::TransportSink& sink() override { return sink_; }

  const std::wstring name_ = test::unique_pipe_name();
  UniqueHandle server_;
  UniqueHandle port_;
  test::RecordingSink sink_;
  std::unique_ptr<PipeClient> client_;
  std::unique_ptr<PipeConnection> connection_;
  int lent_ = 0;
  int most_lent_ = 0;
  int times_lent_ = 0;
  bool may_keep_ = false;
  bool scheduled_ = false;
};

TEST_F(PipeConnectionTest, ASilentSessionOwnsNoBuffer) {
  open(PipeConnection::Reading::lent_buffer);
  step();

  EXPECT_EQ(most_lent_, 0);
}

TEST_F(PipeConnectionTest, ASessionGivesItsBufferBackWhenThePipeIsEmpty) {
  open(PipeConnection::Reading::lent_buffer);
  client_->write("question");
  step_until_received(8);

  EXPECT_EQ(sink_.text[ConnectionId{1}], "question");
  EXPECT_EQ(most_lent_, 1);
  EXPECT_EQ(lent_, 0);
}

TEST_F(PipeConnectionTest, AWriteOfNothingLeavesASessionWithoutABuffer) {
  open(PipeConnection::Reading::lent_buffer);
  client_->write("");
  for (int i = 0; i < 4; ++i) step();
  EXPECT_EQ(lent_, 0);

  client_->write("question");
  step_until_received(8);
  EXPECT_EQ(sink_.text[ConnectionId{1}], "question");
}

TEST_F(PipeConnectionTest, ASessionThatIsUsedAgainKeepsASmallBufferWhenItMay) {
  may_keep_ = true;
  open(PipeConnection::Reading::lent_buffer);
  for (int i = 0; i < 10; ++i) send_question();

  EXPECT_EQ(sink_.text[ConnectionId{1}].size(), 80u);
  EXPECT_EQ(times_lent_, 2);
}

TEST_F(PipeConnectionTest, ASessionBorrowsEveryTimeWhenItMayNotKeepABuffer) {
  open(PipeConnection::Reading::lent_buffer);
  for (int i = 0; i < 10; ++i) send_question();

  EXPECT_EQ(times_lent_, 10);
}

TEST_F(PipeConnectionTest, WhatIsLargerThanTheKeptBufferComesInOrder) {
  may_keep_ = true;
  open(PipeConnection::Reading::lent_buffer);
  for (int i = 0; i < 3; ++i) send_question();
  std::string text(100'000, '\0');
  for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>(i * 2654435761u >> 24);

  client_->write(text);
  step_until_received(24 + text.size());
  EXPECT_TRUE(sink_.text[ConnectionId{1}].substr(24) == text);
}

TEST_F(PipeConnectionTest, ARestingSessionGivesUpTheBufferThatItKept) {
  may_keep_ = true;
  open(PipeConnection::Reading::lent_buffer);
  for (int i = 0; i < 3; ++i) send_question();
  may_keep_ = false;

  connection_->rest();
  for (int i = 0; i < 4; ++i) step();
  send_question();
  send_question();
  EXPECT_EQ(sink_.text[ConnectionId{1}].size(), 40u);
  EXPECT_EQ(times_lent_, 4);
}

TEST_F(PipeConnectionTest, AChannelNeverBorrowsABuffer) {
  open(PipeConnection::Reading::own_buffer);
  client_->write("question");
  step_until_received(8);

  EXPECT_EQ(sink_.text[ConnectionId{1}], "question");
  EXPECT_EQ(most_lent_, 0);
}

TEST_F(PipeConnectionTest, ReadsAtMostSixteenTimesInOneTurn) {
  constexpr std::size_t flood = 3u << 20;
  client_ = std::make_unique<PipeClient>(name_);
  ASSERT_TRUE(client_->is_open());
  client_->write(std::string(flood, 'x'));
  ASSERT_TRUE(client_->write_ended());
  int reads = 0;
  sink_.on_received = [&reads](ConnectionId, ByteView) { ++reads; };
  port_ = UniqueHandle(CreateIoCompletionPort(server_.get(), nullptr, 0, 1));
  ASSERT_TRUE(SetFileCompletionNotificationModes(server_.get(), FILE_SKIP_COMPLETION_PORT_ON_SUCCESS));
  PipeConnectionOwner& owner = *this;
  connection_ =
      std::make_unique<PipeConnection>(ConnectionId{1}, std::move(server_), PipeConnection::Reading::own_buffer, owner);

  connection_->proceed();
  EXPECT_EQ(reads, limits::max_synchronous_completions);
  EXPECT_TRUE(scheduled_);
  step_until_received(flood);
  EXPECT_EQ(sink_.text[ConnectionId{1}].size(), flood);
}

TEST_F(PipeConnectionTest, IsNotFinishedBeforeEveryOperationWasSeenToEnd) {
  open(PipeConnection::Reading::own_buffer);

  connection_->abort();
  EXPECT_FALSE(connection_->finished());
  for (int i = 0; i < 100 && !connection_->finished(); ++i) step();

  EXPECT_TRUE(connection_->finished());
  EXPECT_EQ(connection_->reason(), "closed");
}

TEST(PrivatePipe, ConnectsTwoEndsOfThisProcess) {
  auto pipe = create_private_pipe(WorkerEnd::channel);
  ASSERT_TRUE(pipe.ok()) << pipe.status().message;

  DWORD flags = 0;
  EXPECT_TRUE(GetHandleInformation(pipe->worker_end.get(), &flags));
  EXPECT_EQ(flags & HANDLE_FLAG_INHERIT, DWORD{HANDLE_FLAG_INHERIT});
  EXPECT_TRUE(GetHandleInformation(pipe->broker_end.get(), &flags));
  EXPECT_EQ(flags & HANDLE_FLAG_INHERIT, 0u);
}

TEST(PrivatePipe, TakesNoSecondClient) {
  auto pipe = create_private_pipe(WorkerEnd::output);
  ASSERT_TRUE(pipe.ok());

  DWORD instances = 0;
  EXPECT_TRUE(GetNamedPipeInfo(pipe->broker_end.get(), nullptr, nullptr, nullptr, &instances));
  EXPECT_EQ(instances, 1u);
}

}  // namespace
}  // namespace plugbroker::win
