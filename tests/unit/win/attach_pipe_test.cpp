// SPDX-License-Identifier: Apache-2.0
// The pipe on which a worker that its author started joins a pool.
#include <gtest/gtest.h>

#include "tests/unit/win/transport_bench.h"

namespace plugbroker::win {
namespace {

using test::PipeClient;

class AttachPipe : public test::TransportBench {
 protected:
  AttachPipe() {
    transport_.reset();
    const auto self = own_user_sid();
    EXPECT_TRUE(self.ok());
    auto opened = IocpTransport::open({.pipe_name = name_,
                                       .security = public_pipe_security(*self),
                                       .attach_pipe_name = attach_name_,
                                       .attach_security = channel_security(*self, Label::medium)},
                                      clock_, log_);
    EXPECT_TRUE(opened.ok()) << opened.status().message;
    transport_ = std::move(opened).value();
    transport_->wait(clock_.now(), sink_);
  }

  /// The connection of the worker that attaches next.
  ConnectionId next_attached() {
    const std::size_t before = attached_;
    serve_until([&] { return sink_.attached_connections.size() > before; });
    return sink_.attached_connections.at(attached_++);
  }

  const std::wstring attach_name_ = test::unique_pipe_name();
  std::size_t attached_ = 0;
};

TEST_F(AttachPipe, CarriesTheBytesOfAWorkerWhoseProcessIsTold) {
  PipeClient worker(attach_name_);
  const ConnectionId connection = next_attached();

  worker.write("hello");
  serve_until([&] { return sink_.text[connection] == "hello"; });
  send(connection, "welcome");
  serve_until([&] { return worker.read() == "welcome"; });

  EXPECT_EQ(sink_.process_ids.back(), GetCurrentProcessId());
  EXPECT_TRUE(sink_.connections.empty());
}

TEST_F(AttachPipe, TakesTheNextWorkerOnlyWhenTheOneBeforeHasGone) {
  PipeClient first(attach_name_);
  const ConnectionId connection = next_attached();

  const PipeClient too_early(attach_name_);
  serve_a_while();
  EXPECT_EQ(too_early.open_error(), DWORD{ERROR_PIPE_BUSY});
  first.close();
  serve_until([&] { return sink_.reasons.contains(connection); });
  transport_->wait(clock_.now(), sink_);
  PipeClient second(attach_name_);
  (void)next_attached();

  EXPECT_TRUE(second.is_open());
}

TEST_F(AttachPipe, ServesTheOtherPipeAsEver) {
  PipeClient worker(attach_name_);
  (void)next_attached();
  PipeClient client(name_);
  const ConnectionId connection = accept(client);

  client.write("question");

  serve_until([&] { return sink_.text[connection] == "question"; });
}

TEST_F(AttachPipe, TakesNobodyAfterListeningHasStopped) {
  transport_->stop_listening();
  serve_a_while();

  const PipeClient late(attach_name_);

  EXPECT_FALSE(late.is_open());
}

}  // namespace
}  // namespace plugbroker::win
