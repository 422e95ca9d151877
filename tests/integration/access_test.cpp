// SPDX-License-Identifier: Apache-2.0
// Who may call which route, what one user may have, and that workers learn who calls. Under Wine every account is the
// one user, so that what is denied here is what only SYSTEM, or nobody, may do.
#include <gmock/gmock.h>

#include "tests/integration/harness/eventually.h"
#include "tests/integration/harness/own_account.h"
#include "tests/integration/harness/raw_pipe_client.h"
#include "tests/integration/harness/test_caller.h"
#include "tests/integration/harness/text_encoding.h"

namespace plugbroker::harness {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr std::uint16_t tlv_route = 0x0020;
constexpr std::uint16_t tlv_caller_sid = 0x0036;
constexpr std::uint16_t tlv_caller_account = 0x0037;
constexpr std::uint16_t tlv_caller_integrity = 0x0038;
constexpr std::uint16_t tlv_caller_session = 0x0039;
constexpr std::uint16_t tlv_status = 0x0040;
constexpr std::uint16_t tlv_message = 0x0044;
constexpr std::uint16_t tlv_retry_after = 0x0046;
constexpr std::uint16_t tlv_result = 0x0010;
constexpr std::uint64_t ok = 0;
constexpr std::uint64_t not_found = 5;
constexpr std::uint64_t resource_exhausted = 8;

constexpr auto nobody = "D:(D;;0x1;;;WD)";
constexpr auto system_only = "D:(A;;0x1;;;SY)";

/// The END of a call in a session of its own.
RawFrame end_of_call(const InstalledService& service, std::string_view route) {
  RawPipeClient client(service.pipe());
  client.open_session();
  client.send(wire::request_frame(1, route, "x"));
  return client.read_until(wire::end);
}

class Access : public testing::Test {
 protected:
  Access() { service_.start(); }

  /// Workers that echo; `secret.route` has that access.
  static PoolText echo_pool(const std::string& secret) {
    PoolText pool = misbehaving_pool("echo", {"open.route", "secret.route"});
    pool.settings["route_access"] = {{"secret.route", secret}};
    return pool;
  }
  static InstalledService::Options with_secret(const std::string& access) {
    return {.pools = {echo_pool(access), misbehaving_pool("caller", {"who"})}};
  }
  void reload_with_secret(const std::string& access) const {
    service_.write_config(with_secret(access));
    const Finished reload = service_.administer({"reload"});
    ASSERT_EQ(reload.exit_code, 0u) << reload.output;
  }

  InstalledService service_{with_secret(system_only)};
};

TEST_F(Access, ARouteThatIsDeniedLooksLikeOneThatIsUnknownByteForByte) {
  RawFrame denied = end_of_call(service_, "secret.route");
  const RawFrame unknown = end_of_call(service_, "absent.route");

  EXPECT_EQ(denied.number(tlv_status), not_found);
  const std::size_t at = denied.meta.find("secret");
  ASSERT_NE(at, std::string::npos);
  denied.meta.replace(at, 6, "absent");
  EXPECT_EQ(wire::frame(denied.header, denied.meta, denied.payload),
            wire::frame(unknown.header, unknown.meta, unknown.payload));
  EXPECT_EQ(call(service_, "open.route", "x").status, "ok");
}

TEST_F(Access, ADeniedCallIsALineInTheLogWithTheCallersSid) {
  EXPECT_EQ(call(service_, "secret.route", "x").status, "not_found");

  service_.wait_for_log_line({"access_denied", own_sid(), "secret.route"});
  service_.wait_for_log_line({"access_decided", own_sid(), "may call 2 of the 3 routes: open.route, who"});
  EXPECT_EQ(service_.status().at("calls_denied").to_number<unsigned>(), 1u);
}

TEST_F(Access, FollowsAReloadInSessionsThatAreOpenAndReplacesNoWorker) {
  RawPipeClient client(service_.pipe());
  client.open_session();
  const auto status_of_call = [&](std::uint64_t stream) {
    client.send(wire::request_frame(stream, "secret.route", "x"));
    return client.read_until(wire::end).number(tlv_status);
  };
  const std::vector<std::uint32_t> workers = service_.workers("echo");
  EXPECT_EQ(status_of_call(1), not_found);

  reload_with_secret("D:(A;;0x1;;;" + own_sid() + ")");
  EXPECT_EQ(status_of_call(2), ok);
  reload_with_secret(nobody);
  EXPECT_EQ(status_of_call(3), not_found);

  EXPECT_EQ(service_.workers("echo"), workers);
  service_.wait_for_log_line({"reloaded", "access changed: echo"});
}

TEST_F(Access, IsShownToAdministrators) {
  const Finished shown = service_.administer({"pools", "--json"});

  EXPECT_EQ(service_.pool("caller").at("access").as_string(), "D:(A;;0x1;;;AU)");
  EXPECT_EQ(service_.pool("echo").at("route_access").at("secret.route").as_string(), system_only);
  EXPECT_THAT(shown.output, HasSubstr(system_only));
}

TEST_F(Access, ThatIsNoneIsRefusedWithItsPlace) {
  for (const char* bad : {"O:SYD:(A;;0x1;;;AU)", "everybody", "D:(A;;0x1;;;ZZ)"}) {
    service_.write_config(with_secret(bad));

    const Finished reload = service_.administer({"reload"});

    EXPECT_EQ(reload.exit_code, 1u) << bad;
    EXPECT_THAT(reload.output, HasSubstr("/pools/echo/route_access/secret.route")) << bad;
  }
  EXPECT_EQ(call(service_, "open.route", "x").status, "ok");
}

TEST_F(Access, AHandlerLearnsWhoCalls) {
  // The name is looked up aside, so that the first calls may come without.
  std::string seen;
  ASSERT_TRUE(eventually([&] {
    seen = call(service_, "who", "").reply;
    return !seen.starts_with(own_sid() + "||");
  })) << seen;

  DWORD session = 0;
  ASSERT_TRUE(ProcessIdToSessionId(GetCurrentProcessId(), &session));
  EXPECT_THAT(seen, StartsWith(own_sid() + "|"));
  EXPECT_THAT(seen, EndsWith("|" + std::to_string(session)));
  EXPECT_THAT(seen, testing::AnyOf(HasSubstr("|Medium|"), HasSubstr("|High|"), HasSubstr("|System|")));
}

TEST_F(Access, ACallerCantSayThatItIsSomebodyElse) {
  RawPipeClient client(service_.pipe());
  client.open_session();
  const std::string forged = wire::tlv(tlv_route, "who") + wire::tlv(tlv_caller_sid, "S-1-5-18") +
                             wire::tlv(tlv_caller_account, R"(NT AUTHORITY\SYSTEM)") +
                             wire::tlv(tlv_caller_integrity, 0x4000, 4) + wire::tlv(tlv_caller_session, 77, 4);

  client.send(wire::frame({.type = wire::request, .flags = wire::end_stream, .stream = 1, .deadline_us = 30'000'000},
                          forged, ""));

  const RawFrame reply = client.read_until(wire::data);
  EXPECT_THAT(reply.payload, StartsWith(own_sid() + "|"));
  EXPECT_THAT(reply.payload, Not(HasSubstr("AUTHORITY")));
  EXPECT_THAT(reply.payload, Not(EndsWith("|77")));
}

class Quotas : public testing::Test {
 protected:
  Quotas() { service_.start(); }

  /// What the broker answers to HELLO.
  RawFrame greet(RawPipeClient& client) const {
    client.send(wire::client_hello());
    return client.read_until(wire::hello_ack);
  }

  InstalledService service_{
      {.pools = {documents_pool(), sleepers_pool()},
       .top = {{"quotas", {{"max_sessions", 3}, {"max_calls", 2}, {"hello_rate", 1}, {"hello_burst", 4}}}}}};
};

TEST_F(Quotas, ASessionTooManyIsRefusedReadably) {
  RawPipeClient one(service_.pipe());
  RawPipeClient two(service_.pipe());
  RawPipeClient three(service_.pipe());
  RawPipeClient four(service_.pipe());
  EXPECT_EQ(greet(one).number(tlv_result), ok);
  EXPECT_EQ(greet(two).number(tlv_result), ok);
  EXPECT_EQ(greet(three).number(tlv_result), ok);

  const RawFrame refusal = greet(four);

  EXPECT_EQ(refusal.number(tlv_result), resource_exhausted);
  EXPECT_THAT(refusal.text(tlv_message), HasSubstr("quotas.max_sessions"));
  service_.wait_for_log_line({"quota_exceeded", own_sid(), "quotas.max_sessions"});
}

TEST_F(Quotas, HellosThatComeTooFastAreRefusedReadably) {
  // One may be refused because the one before it has not gone yet.
  std::string message;
  for (int i = 0; i < 100 && message.find("hello_rate") == std::string::npos; ++i) {
    RawPipeClient client(service_.pipe());
    const RawFrame answer = greet(client);
    if (answer.number(tlv_result) != ok) message = answer.text(tlv_message);
  }

  EXPECT_THAT(message, HasSubstr("quotas.hello_rate"));
  EXPECT_THAT(message, HasSubstr("try again in"));
}

TEST_F(Quotas, ACallTooManyEndsWithTheTimeToWait) {
  RawPipeClient client(service_.pipe());
  client.open_session();
  client.send(wire::request_frame(1, "sleep", "60000"));
  client.send(wire::request_frame(2, "sleep", "60000"));

  client.send(wire::request_frame(3, "echo", "x"));

  const RawFrame end = client.read_until(wire::end);
  EXPECT_EQ(end.header.stream, 3u);
  EXPECT_EQ(end.number(tlv_status), resource_exhausted);
  EXPECT_THAT(end.text(tlv_message), HasSubstr("quotas.max_calls"));
  EXPECT_GT(end.number(tlv_retry_after), 0u);
  EXPECT_GE(service_.status().at("quota_refusals").to_number<unsigned>(), 1u);
}

}  // namespace
}  // namespace plugbroker::harness
