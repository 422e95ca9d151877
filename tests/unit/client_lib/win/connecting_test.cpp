// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <windows.h>

#include <winsvc.h>

#include "tests/unit/client_lib/win/test_client.h"

namespace plugbroker::client {
namespace {

constexpr const char* no_such_pipe = R"(\\.\pipe\PlugBroker.Test.NoSuchPipe)";

TEST(Connecting, SaysThatTheServiceIsNotInstalled) {
  const auto client = client_of(no_such_pipe);

  const auto reply = client.call("echo", "x");

  ASSERT_FALSE(reply.ok());
  EXPECT_EQ(reply.error().status, PLUGBROKER_FAILED_PRECONDITION);
  EXPECT_NE(reply.error().message.find("not installed"), std::string::npos) << reply.error().message;
}

TEST(Connecting, SaysWhyOnAStreamThatIsReadToo) {
  const auto client = client_of(no_such_pipe);

  const auto stream = client.open_stream("chat").value();
  const auto message = stream.read();
  const auto again = stream.try_read();

  ASSERT_FALSE(message.ok());
  EXPECT_EQ(message.error().status, PLUGBROKER_FAILED_PRECONDITION);
  EXPECT_NE(message.error().message.find("not installed"), std::string::npos) << message.error().message;
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error().message, message.error().message);
}

/// A service that is registered and never started; gone at the end of the test.
class StoppedService {
 public:
  StoppedService() : manager_(OpenSCManagerW(nullptr, nullptr, SC_MANAGER_CREATE_SERVICE)) {
    service_ = CreateServiceW(manager_, L"PlugBrokerTestStopped", nullptr, SERVICE_ALL_ACCESS,
                              SERVICE_WIN32_OWN_PROCESS, SERVICE_DEMAND_START, SERVICE_ERROR_NORMAL,
                              L"C:\\no\\such\\program.exe", nullptr, nullptr, nullptr, nullptr, nullptr);
  }
  StoppedService(const StoppedService&) = delete;
  StoppedService& operator=(const StoppedService&) = delete;
  ~StoppedService() {
    DeleteService(service_);
    CloseServiceHandle(service_);
    CloseServiceHandle(manager_);
  }
  [[nodiscard]] bool made() const { return service_ != nullptr; }

 private:
  SC_HANDLE manager_;
  SC_HANDLE service_;
};

TEST(Connecting, SaysThatTheServiceIsStopped) {
  const StoppedService service;
  ASSERT_TRUE(service.made()) << "this test needs the right to create services";
  auto options = options_for(no_such_pipe);
  options.service_name = "PlugBrokerTestStopped";
  const auto client = v1::Client::create(options).value();

  const auto reply = client.call("echo", "x");

  ASSERT_FALSE(reply.ok());
  EXPECT_EQ(reply.error().status, PLUGBROKER_UNAVAILABLE);
  EXPECT_EQ(reply.error().retry, PLUGBROKER_RETRY_AFTER_BACKOFF);
  EXPECT_NE(reply.error().message.find("is stopped"), std::string::npos) << reply.error().message;
}

TEST(Connecting, SendsNothingToAPipeWhoseOwnerIsNotTrusted) {
  std::atomic<int> frames = 0;
  PipeServer server([&frames](ServerConnection& connection) {
    while (connection.read()) ++frames;
  });
  auto options = options_for(server.name());
  options.trusted_owners = "";
  {
    const auto client = v1::Client::create(options).value();

    const auto reply = client.call("echo", "secret");

    ASSERT_FALSE(reply.ok());
    EXPECT_EQ(reply.error().status, PLUGBROKER_PERMISSION_DENIED);
    EXPECT_NE(reply.error().message.find("not trusted"), std::string::npos) << reply.error().message;
  }
  server.wait_until_idle();
  EXPECT_EQ(frames, 0);
}

TEST(Connecting, TrustsAnOwnerNamedByTheEnvironmentAndSaysSo) {
  PipeServer server(echo);
  LogLines log;
  auto options = options_for(server.name());
  options.trusted_owners = "";
  options.log = LogLines::take;
  options.log_context = &log;
  SetEnvironmentVariableW(L"PLUGBROKER_TRUSTED_OWNERS", L"current_user");
  auto created = v1::Client::create(options);
  SetEnvironmentVariableW(L"PLUGBROKER_TRUSTED_OWNERS", nullptr);

  EXPECT_TRUE(created->call("echo", "x").ok());
  EXPECT_NE(log.text().find("trusted only because"), std::string::npos) << log.text();
}

TEST(Connecting, SaysThatAnotherProgramAnswers) {
  PipeServer server([](ServerConnection& connection) {
    connection.read();
    connection.write(bytes_of("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"));
    connection.read_to_the_end();
  });
  const auto client = client_of(server.name());

  const auto reply = client.call("echo", "x");

  ASSERT_FALSE(reply.ok());
  EXPECT_EQ(reply.error().status, PLUGBROKER_FAILED_PRECONDITION);
  EXPECT_NE(reply.error().message.find("no PlugBroker"), std::string::npos) << reply.error().message;
}

TEST(Connecting, GivesARefusalInTheServicesWords) {
  PipeServer server([](ServerConnection& connection) {
    connection.read();
    connection.write(connection.frames().refusal(StatusCode::resource_exhausted, "too many sessions"));
    connection.read_to_the_end();
  });
  const auto client = client_of(server.name());

  const auto reply = client.call("echo", "x");

  ASSERT_FALSE(reply.ok());
  EXPECT_EQ(reply.error().status, PLUGBROKER_RESOURCE_EXHAUSTED);
  EXPECT_EQ(reply.error().origin, PLUGBROKER_ORIGIN_BROKER);
  EXPECT_NE(reply.error().message.find("too many sessions"), std::string::npos) << reply.error().message;
}

TEST(Connecting, WaitsForABusyPipeToBecomeFree) {
  PipeServer server(echo, true);
  UniqueHandle occupant(
      CreateFileA(server.name().c_str(), GENERIC_READ | GENERIC_WRITE, 0, nullptr, OPEN_EXISTING, 0, nullptr));
  ASSERT_TRUE(occupant);
  LogLines log{.awaited = "are taken"};
  auto options = options_for(server.name());
  options.log = LogLines::take;
  options.log_context = &log;
  const auto client = v1::Client::create(options).value();

  plugbroker_status status = PLUGBROKER_UNKNOWN;
  std::thread caller([&] { status = client.call("echo", "x").ok() ? PLUGBROKER_OK : PLUGBROKER_INTERNAL; });
  log.seen.acquire();
  occupant.reset();
  caller.join();

  EXPECT_EQ(status, PLUGBROKER_OK);
}

TEST(Connecting, IsReadyWhenTheServiceTakesCalls) {
  PipeServer server(echo);
  const auto client = client_of(server.name());

  EXPECT_TRUE(client.wait_for_ready(10s).ok());
  EXPECT_EQ(server.connections(), 1);
}

TEST(Connecting, SaysAtTheTimeoutWhyItIsNotReady) {
  const auto client = client_of(no_such_pipe);

  const auto ready = client.wait_for_ready(50ms);

  ASSERT_FALSE(ready.ok());
  EXPECT_EQ(ready.error().status, PLUGBROKER_FAILED_PRECONDITION);
  EXPECT_NE(ready.error().message.find("not installed"), std::string::npos) << ready.error().message;
}

}  // namespace
}  // namespace plugbroker::client
