// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/unit/client_lib/win/test_client.h"

namespace plugbroker::client {
namespace {

TEST(Streams, ExchangeMessagesOneByOne) {
  PipeServer server(echo);
  const auto client = client_of(server.name());
  const auto stream = client.open_stream("chat").value();

  std::string received;
  for (const std::string_view message : {"one", "", "three"}) {
    ASSERT_TRUE(stream.write(message).ok());
    received += "[" + std::string{(*stream.read())->text()} + "]";
  }
  const auto closed = stream.close_write();
  const auto end = stream.read();
  const auto result = stream.result();

  EXPECT_EQ(received, "[one][][three]");
  EXPECT_TRUE(closed.ok());
  ASSERT_TRUE(end.ok());
  EXPECT_FALSE(end->has_value());
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->content_type(), "text/plain");
  EXPECT_EQ(plugbroker_stream_close_write(nullptr), PLUGBROKER_INVALID_ARGUMENT);
}

TEST(Streams, CarryMoreThanAllWindowsWhileOneThreadWritesAndAnotherReads) {
  PipeServer server(echo);
  const auto client = client_of(server.name());
  const auto stream = client.open_stream("chat", within(50s)).value();
  constexpr std::size_t count = 400;
  const std::string message(20'000, 'm');

  std::thread writer([&] {
    for (std::size_t i = 0; i < count; ++i) EXPECT_TRUE(stream.write(message + std::to_string(i)).ok());
    EXPECT_TRUE(stream.close_write().ok());
  });
  std::size_t right = 0;
  for (auto next = stream.read(); next.ok() && next->has_value(); next = stream.read()) {
    right += (*next)->text() == message + std::to_string(right) ? std::size_t{1} : 0;
  }
  writer.join();

  EXPECT_EQ(right, count);
}

TEST(Streams, CarryAMessageLargerThanTheWindow) {
  PipeServer server(echo);
  const auto client = client_of(server.name());
  const auto stream = client.open_stream("chat", within(50s)).value();
  const std::string large(5'000'000, 'x');

  ASSERT_TRUE(stream.write(large).ok());
  const auto message = stream.read();

  ASSERT_TRUE(message.ok());
  EXPECT_TRUE((*message)->text() == large);
}

TEST(Streams, WouldBlockInsteadOfStoringMoreThanTheirBound) {
  PipeServer server(never_answer);
  const auto client = client_of(server.name());
  const auto stream = client.open_stream("sink").value();
  const std::string message(10'000, 'x');

  std::size_t taken = 0;
  while (*stream.try_write(message)) taken += message.size();
  const auto again = stream.try_write(message);

  EXPECT_FALSE(*again);
  EXPECT_LE(taken, 2 * limits::stream_window_bytes + 2 * message.size());
}

TEST(Streams, EndAWriteThatWaitsAtTheirDeadline) {
  PipeServer server(never_answer);
  const auto client = client_of(server.name());
  const auto stream = client.open_stream("sink", within(100ms)).value();
  const std::string message(10'000, 'x');

  auto written = stream.write(message);
  while (written.ok()) written = stream.write(message);

  EXPECT_EQ(written.error().status, PLUGBROKER_DEADLINE_EXCEEDED);
  EXPECT_EQ(stream.result().error().status, PLUGBROKER_DEADLINE_EXCEEDED);
}

TEST(Streams, SignalTheirEventWhileThereIsSomethingToRead) {
  PipeServer server(echo);
  const auto client = client_of(server.name());
  const auto stream = client.open_stream("chat").value();
  HANDLE event = stream.event();

  const auto at_first = stream.try_read();
  const DWORD before = WaitForSingleObject(event, 0);
  ASSERT_TRUE(stream.write("one").ok());
  const DWORD with_message = WaitForSingleObject(event, INFINITE);
  const auto message = stream.try_read();
  const DWORD after = WaitForSingleObject(event, 0);
  ASSERT_TRUE(stream.close_write().ok());
  const DWORD at_end = WaitForSingleObject(event, INFINITE);

  EXPECT_TRUE(at_first->would_block);
  EXPECT_EQ(before, DWORD{WAIT_TIMEOUT});
  EXPECT_EQ(with_message, WAIT_OBJECT_0);
  EXPECT_EQ(message->message->text(), "one");
  EXPECT_EQ(after, DWORD{WAIT_TIMEOUT});
  EXPECT_EQ(at_end, WAIT_OBJECT_0);
  EXPECT_FALSE(stream.try_read()->message.has_value());
}

TEST(Streams, SignalTheirEventWhenAWriteThatWouldBlockIsWorthAnotherTry) {
  SignalCount go_on;
  PipeServer server([&go_on](ServerConnection& connection) {
    connection.accept();
    go_on.acquire();
    connection.frames().write().window(1, 1'000'000);
    connection.write(connection.frames().take());
    connection.read_to_the_end();
  });
  const auto client = client_of(server.name());
  const auto stream = client.open_stream("sink").value();
  HANDLE event = stream.event();
  const std::string message(10'000, 'x');
  while (*stream.try_write(message)) {
  }

  const DWORD full = WaitForSingleObject(event, 0);
  go_on.release();
  const DWORD room = WaitForSingleObject(event, INFINITE);
  const auto written = stream.try_write(message);

  EXPECT_EQ(full, DWORD{WAIT_TIMEOUT});
  EXPECT_EQ(room, WAIT_OBJECT_0);
  EXPECT_TRUE(*written);
}

TEST(Streams, AreCancelledByThemselvesByAHandleAndByTheirClient) {
  PipeServer server(never_answer);
  plugbroker_client_options client_options = plugbroker_client_options_default();
  client_options.pipe_name = server.name().c_str();
  client_options.trusted_owners = "current_user";
  plugbroker_client* client = nullptr;
  ASSERT_EQ(plugbroker_client_create(&client_options, &client), PLUGBROKER_OK);
  const auto cancellation = v1::Cancellation::create().value();
  plugbroker_call_options options = plugbroker_call_options_default();
  options.cancellation = cancellation.get();
  plugbroker_stream* streams[3] = {};
  plugbroker_stream_open(client, "a", nullptr, &streams[0]);
  plugbroker_stream_open(client, "b", &options, &streams[1]);
  plugbroker_stream_open(client, "c", nullptr, &streams[2]);

  plugbroker_stream_cancel(streams[0]);
  cancellation.cancel();
  const plugbroker_status first = plugbroker_stream_result(streams[0], nullptr);
  const plugbroker_status second = plugbroker_stream_result(streams[1], nullptr);
  plugbroker_client_destroy(client);
  const plugbroker_status third = plugbroker_stream_result(streams[2], nullptr);

  EXPECT_EQ(first, PLUGBROKER_CANCELLED);
  EXPECT_EQ(second, PLUGBROKER_CANCELLED);
  EXPECT_EQ(third, PLUGBROKER_CANCELLED);
  for (plugbroker_stream* stream : streams) plugbroker_stream_destroy(stream);
}

TEST(Streams, WakeAThreadThatReadsWhenTheyAreCancelled) {
  PipeServer server(never_answer);
  const auto client = client_of(server.name());
  const auto stream = client.open_stream("quiet").value();

  std::thread reader([&] { EXPECT_EQ(stream.read().error().status, PLUGBROKER_CANCELLED); });
  stream.cancel();
  reader.join();
}

TEST(Streams, TakeNothingAfterTheirHalfClose) {
  PipeServer server(echo);
  const auto client = client_of(server.name());
  const auto stream = client.open_stream("chat").value();

  ASSERT_TRUE(stream.close_write().ok());

  EXPECT_EQ(stream.write("late").error().status, PLUGBROKER_FAILED_PRECONDITION);
}

TEST(Streams, RefuseAMessageAboveTheLimitAndGoOn) {
  PipeServer server(echo);
  auto options = options_for(server.name());
  options.max_payload_bytes = 10;
  const auto client = v1::Client::create(options).value();
  const auto stream = client.open_stream("chat").value();

  const auto above = stream.write("01234567890");
  const auto at_limit = stream.write("0123456789");

  EXPECT_EQ(above.error().status, PLUGBROKER_RESOURCE_EXHAUSTED);
  EXPECT_TRUE(at_limit.ok());
  EXPECT_EQ((*stream.read())->text(), "0123456789");
}

TEST(Streams, LeaveOtherCallsAloneWhileNobodyReadsThem) {
  PipeServer server(echo);
  const auto client = client_of(server.name());
  const auto slow = client.open_stream("chat").value();
  const std::string message(60'000, 'x');
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(slow.write(message).ok());

  int replies = 0;
  for (int i = 0; i < 100; ++i) replies += client.call("echo", message).ok() ? 1 : 0;

  EXPECT_EQ(replies, 100);
}

}  // namespace
}  // namespace plugbroker::client
