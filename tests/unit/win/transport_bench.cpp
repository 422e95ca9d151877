// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/win/transport_bench.h"

#include <chrono>

namespace plugbroker::test {
namespace {

using namespace std::chrono_literals;

/// Clients don't wake the transport when their own operations end, so their state is looked at this often.
constexpr Duration glance = 5ms;

}  // namespace

TransportBench::TransportBench() {
  const auto self = win::own_user_sid();
  EXPECT_TRUE(self.ok());
  auto opened =
      win::IocpTransport::open({.pipe_name = name_, .security = win::public_pipe_security(*self)}, clock_, log_);
  EXPECT_TRUE(opened.ok()) << opened.status().message;
  transport_ = std::move(opened).value();
  transport_->wait(clock_.now(), sink_);
}

void TransportBench::serve_until(const std::function<bool()>& done) {
  const TimePoint give_up = clock_.now() + hang_guard;
  while (!done()) {
    ASSERT_LT(clock_.now(), give_up) << "nothing happened for too long";
    transport_->wait(clock_.now() + glance, sink_);
  }
}

void TransportBench::serve_a_while() {
  constexpr int waits = 20;
  for (int i = 0; i < waits; ++i) transport_->wait(clock_.now() + glance, sink_);
}

ConnectionId TransportBench::accept(const PipeClient& client) {
  EXPECT_TRUE(client.is_open()) << client.open_error();
  const std::size_t before = sink_.connections.size();
  serve_until([&] { return sink_.connections.size() > before; });
  return sink_.connections.back();
}

}  // namespace plugbroker::test
