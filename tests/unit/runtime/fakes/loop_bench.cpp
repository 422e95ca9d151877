// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/runtime/fakes/loop_bench.h"

namespace plugbroker::test {

engine::EngineConfig LoopBench::config() {
  engine::EngineConfig config;
  engine::PoolConfig pool;
  pool.name = "documents";
  pool.routes = {"echo"};
  config.pools.push_back(pool);
  config.flow_control.stream_window_bytes = 1024 * 1024;  // More than one write takes.
  return config;
}

void LoopBench::settle() {
  constexpr int enough = 16;
  for (int i = 0; i < enough; ++i) turn();
}

ConnectionId LoopBench::start_worker() {
  turn();
  const WorkerId worker = processes_.starts().back().worker;
  const ConnectionId channel = transport_.adopt();
  processes_.report_started(worker, channel);
  turn();
  transport_.send(channel, hello(protocol::Role::worker));
  settle();
  transport_.send(channel, ready({"echo"}));
  settle();
  EXPECT_TRUE(hello_ack_in(written_to(channel)).result.ok());
  return channel;
}

ConnectionId LoopBench::open_client(protocol::PeerLimits limits) {
  const ConnectionId client = transport_.connect();
  transport_.send(client, hello(protocol::Role::client, limits));
  settle();
  EXPECT_TRUE(hello_ack_in(written_to(client)).result.ok());
  return client;
}

}  // namespace plugbroker::test
