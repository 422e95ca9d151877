// SPDX-License-Identifier: Apache-2.0
#include "broker_core/win/iocp_transport.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/unit/win/transport_bench.h"

namespace plugbroker::win {
namespace {

using namespace std::chrono_literals;
using test::PipeClient;

using IocpTransportTest = test::TransportBench;

TEST_F(IocpTransportTest, CarriesBytesBothWays) {
  PipeClient client(name_);
  const ConnectionId connection = accept(client);

  client.write("question");
  serve_until([&] { return sink_.text[connection] == "question"; });
  send(connection, "answer");
  serve_until([&] { return client.read() == "answer" && sink_.writes_completed[connection] == 1; });
}

TEST_F(IocpTransportTest, TellsTheClientsProcess) {
  PipeClient client(name_);
  (void)accept(client);

  EXPECT_EQ(sink_.process_ids.back(), GetCurrentProcessId());
}

TEST_F(IocpTransportTest, ReadsAMebibyteInOrder) {
  std::string text(1u << 20, '\0');
  for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>(i * 2654435761u >> 24);
  PipeClient client(name_);
  const ConnectionId connection = accept(client);

  client.write(text);
  serve_until([&] { return sink_.text[connection].size() == text.size(); });

  EXPECT_TRUE(sink_.text[connection] == text);
  EXPECT_TRUE(client.write_ended());
}

TEST_F(IocpTransportTest, ServesAThousandConnectionsAtOnce) {
  constexpr std::size_t count = 1000;
  std::vector<std::unique_ptr<PipeClient>> clients;
  sink_.on_received = [this](ConnectionId connection, ByteView bytes) {
    transport_->write(connection, {bytes.begin(), bytes.end()});
  };
  while (clients.size() < count) {
    clients.push_back(std::make_unique<PipeClient>(name_));
    (void)accept(*clients.back());
  }

  for (std::size_t i = 0; i < count; ++i) clients[i]->write("client " + std::to_string(i));
  for (std::size_t i = 0; i < count; ++i) {
    serve_until([&] { return clients[i]->read() == "client " + std::to_string(i); });
  }

  EXPECT_EQ(transport_->connection_count(), count);
}

TEST_F(IocpTransportTest, LetsOnlySoManySessionsKeepABuffer) {
  std::vector<std::unique_ptr<PipeClient>> clients;
  std::vector<ConnectionId> connections;
  while (clients.size() < limits::max_kept_buffers + 6) {
    clients.push_back(std::make_unique<PipeClient>(name_));
    connections.push_back(accept(*clients.back()));
  }
  for (int round = 1; round <= 4; ++round) {
    for (std::size_t i = 0; i < clients.size(); ++i) {
      clients[i]->write("x");
      serve_until([&] { return sink_.text[connections[i]].size() == static_cast<std::size_t>(round); });
    }
  }

  EXPECT_EQ(transport_->kept_buffers(), limits::max_kept_buffers);
}

TEST_F(IocpTransportTest, ASessionThatEndsTakesItsBufferAlong) {
  auto client = std::make_unique<PipeClient>(name_);
  const ConnectionId connection = accept(*client);
  for (std::size_t i = 1; i <= 3; ++i) {
    client->write("x");
    serve_until([&] { return sink_.text[connection].size() == i; });
  }
  EXPECT_EQ(transport_->kept_buffers(), 1u);

  client->close();
  serve_until([&] { return sink_.reasons.contains(connection); });
  EXPECT_EQ(transport_->kept_buffers(), 0u);
}

TEST_F(IocpTransportTest, HasTheNextInstancesWaitingBeforeAClientIsServed) {
  std::vector<std::unique_ptr<PipeClient>> clients;
  for (std::size_t i = 0; i < limits::pending_pipe_instances; ++i) {
    clients.push_back(std::make_unique<PipeClient>(name_));
    EXPECT_TRUE(clients.back()->is_open());
  }
  const PipeClient too_early(name_);
  EXPECT_EQ(too_early.open_error(), DWORD{ERROR_PIPE_BUSY});

  serve_until([&] { return sink_.connections.size() == clients.size(); });

  const PipeClient in_time(name_);
  EXPECT_TRUE(in_time.is_open());
}

TEST_F(IocpTransportTest, ReportsTheEndOfFileAfterEverythingThatWasSent) {
  PipeClient client(name_);
  const ConnectionId connection = accept(client);
  client.write("last words");
  client.close();

  serve_until([&] { return sink_.reasons.contains(connection); });

  EXPECT_EQ(sink_.text[connection], "last words");
  EXPECT_EQ(sink_.reasons[connection], "end of file");
  EXPECT_EQ(transport_->connection_count(), 0u);
}

TEST_F(IocpTransportTest, EndsAConnectionWhosePeerClosesInTheMiddleOfAWrite) {
  PipeClient client(name_);
  const ConnectionId connection = accept(client);
  send(connection, std::string(limits::max_write_bytes, 'x'));
  serve_a_while();
  EXPECT_EQ(sink_.writes_completed[connection], 0);

  client.close();
  serve_until([&] { return sink_.reasons.contains(connection); });

  EXPECT_EQ(sink_.writes_completed[connection], 0);
}

TEST_F(IocpTransportTest, APeerThatStopsReadingHoldsUpNobodyElse) {
  PipeClient stopped(name_);
  const ConnectionId held = accept(stopped);
  PipeClient other(name_);
  const ConnectionId connection = accept(other);
  send(held, std::string(limits::max_write_bytes, 'x'));

  other.write("question");
  serve_until([&] { return sink_.text[connection] == "question"; });
  send(connection, "answer");
  serve_until([&] { return other.read() == "answer"; });

  EXPECT_EQ(sink_.writes_completed[held], 0);
}

TEST_F(IocpTransportTest, GoesOnReadingWhileAWriteIsOutstanding) {
  PipeClient client(name_);
  const ConnectionId connection = accept(client);
  send(connection, std::string(limits::max_write_bytes, 'x'));

  client.write("meanwhile");
  serve_until([&] { return sink_.text[connection] == "meanwhile"; });

  EXPECT_EQ(sink_.writes_completed[connection], 0);
}

TEST_F(IocpTransportTest, LetsAnOutstandingWriteEndBeforeItCloses) {
  PipeClient client(name_);
  const ConnectionId connection = accept(client);
  send(connection, std::string(limits::max_write_bytes, 'x'));

  transport_->close(connection, test::hang_guard);
  serve_until([&] { return client.read().size() == limits::max_write_bytes; });
  EXPECT_FALSE(sink_.reasons.contains(connection));
  client.close();
  serve_until([&] { return sink_.reasons.contains(connection); });
}

TEST_F(IocpTransportTest, LeavesWhatWasWrittenToAPeerThatReadsAfterTheClose) {
  PipeClient client(name_);
  const ConnectionId connection = accept(client);
  send(connection, "refused, because");

  transport_->close(connection, 1ms);
  serve_until([&] { return sink_.reasons.contains(connection); });

  serve_until([&] { return client.read() == "refused, because" && client.at_end(); });
}

TEST_F(IocpTransportTest, DropsWhatComesWhileItWaitsForThePeersEnd) {
  PipeClient client(name_);
  const ConnectionId connection = accept(client);

  transport_->close(connection, test::hang_guard);
  client.write(std::string(300'000, 'x'));
  serve_until([&] { return client.write_ended(); });
  client.close();
  serve_until([&] { return sink_.reasons.contains(connection); });

  EXPECT_EQ(sink_.text[connection], "");
}

TEST_F(IocpTransportTest, ClosesAtOnceWithoutALinger) {
  PipeClient client(name_);
  const ConnectionId connection = accept(client);
  send(connection, std::string(limits::max_write_bytes, 'x'));

  transport_->close(connection, Duration::zero());
  serve_until([&] { return sink_.reasons.contains(connection); });

  EXPECT_EQ(transport_->connection_count(), 0u);
}

TEST_F(IocpTransportTest, IgnoresAConnectionThatIsGone) {
  PipeClient client(name_);
  const ConnectionId connection = accept(client);
  client.close();
  serve_until([&] { return sink_.reasons.contains(connection); });

  transport_->write(connection, test::bytes_of("too late"));
  transport_->close(connection, 1s);
  serve_a_while();

  EXPECT_EQ(transport_->pipe_of(connection), nullptr);
}

TEST_F(IocpTransportTest, AWakeFromAnotherThreadEndsAWait) {
  std::thread other([this] { transport_->wake(); });

  serve_until([&] { return sink_.wakes == 1; });
  other.join();
}

TEST_F(IocpTransportTest, ManyWakesBeforeAWaitAreOne) {
  for (int i = 0; i < 1000; ++i) transport_->wake();

  serve_a_while();

  EXPECT_EQ(sink_.wakes, 1);
}

TEST_F(IocpTransportTest, TakesNobodyAfterItStoppedListeningButKeepsItsName) {
  PipeClient client(name_);
  const ConnectionId connection = accept(client);
  transport_->stop_listening();
  serve_a_while();

  const PipeClient late(name_);
  EXPECT_EQ(late.open_error(), DWORD{ERROR_PIPE_BUSY});
  client.write("still here");
  serve_until([&] { return sink_.text[connection] == "still here"; });
}

TEST_F(IocpTransportTest, GivesUpItsNameAtTheEnd) {
  PipeClient client(name_);
  (void)accept(client);
  transport_.reset();

  const PipeClient late(name_);
  EXPECT_EQ(late.open_error(), DWORD{ERROR_FILE_NOT_FOUND});
}

TEST_F(IocpTransportTest, EndsWithWritesOutstandingAndClientsConnected) {
  PipeClient client(name_);
  send(accept(client), std::string(limits::max_write_bytes, 'x'));
  const PipeClient not_accepted_yet(name_);

  transport_.reset();

  EXPECT_TRUE(not_accepted_yet.is_open());
}

TEST_F(IocpTransportTest, AnsweringManyConnectionsLeavesNoHandleBehind) {
  const auto growth = test::handle_growth(200, [this] {
    PipeClient client(name_);
    const ConnectionId connection = accept(client);
    client.write("question");
    serve_until([&] { return sink_.text[connection] == "question"; });
    client.close();
    serve_until([&] { return sink_.reasons.contains(connection); });
  });

  EXPECT_LE(growth, test::tolerated_handle_growth);
}

TEST_F(IocpTransportTest, AHandleLeftBehindByEachConnectionWouldBeSeen) {
  std::vector<UniqueHandle> leaked;
  const auto growth = test::handle_growth(200, [&] {
    PipeClient client(name_);
    const ConnectionId connection = accept(client);
    HANDLE copy = nullptr;
    DuplicateHandle(GetCurrentProcess(), transport_->pipe_of(connection), GetCurrentProcess(), &copy, 0, FALSE,
                    DUPLICATE_SAME_ACCESS);
    leaked.emplace_back(copy);
    client.close();
    serve_until([&] { return sink_.reasons.contains(connection); });
  });

  EXPECT_GT(growth, test::tolerated_handle_growth);
}

TEST(IocpTransport, RefusesMoreInstancesThanItWasGiven) {
  const AwakeClock clock;
  test::RecordedLog log;
  test::RecordingSink sink;
  const std::wstring name = test::unique_pipe_name();
  auto transport = IocpTransport::open({.pipe_name = name,
                                        .security = admin_pipe_security(*own_user_sid(), Label::medium),
                                        .pending_instances = 4,
                                        .max_instances = 2},
                                       clock, log);
  ASSERT_TRUE(transport.ok()) << transport.status().message;
  (*transport)->wait(clock.now(), sink);

  const PipeClient first(name);
  const PipeClient second(name);
  const PipeClient third(name);

  EXPECT_TRUE(first.is_open());
  EXPECT_TRUE(second.is_open());
  EXPECT_EQ(third.open_error(), DWORD{ERROR_PIPE_BUSY});
  EXPECT_EQ(log.of_event("pipe_instance_failed").size(), 1u);
}

TEST(IocpTransport, IsRefusedANameThatAnotherTransportHas) {
  if (test::runs_under_wine()) GTEST_SKIP() << "Wine: FILE_FLAG_FIRST_PIPE_INSTANCE is ignored";
  const AwakeClock clock;
  test::RecordedLog log;
  const std::wstring name = test::unique_pipe_name();
  const PipeSecurity security = public_pipe_security(*own_user_sid());
  const auto first = IocpTransport::open({.pipe_name = name, .security = security}, clock, log);
  ASSERT_TRUE(first.ok());

  const auto second = IocpTransport::open({.pipe_name = name, .security = security}, clock, log);

  EXPECT_FALSE(second.ok());
}

}  // namespace
}  // namespace plugbroker::win
