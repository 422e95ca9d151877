// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/runtime/fakes/fake_transport.h"

#include <algorithm>
#include <utility>

namespace plugbroker::test {

ConnectionId FakeTransport::connect(std::uint32_t process_id) {
  const ConnectionId id = adopt();
  reports_.push_back([id, process_id](runtime::TransportSink& sink) { sink.connected(id, process_id); });
  return id;
}

ConnectionId FakeTransport::attach(std::uint32_t process_id) {
  const ConnectionId id = adopt();
  reports_.push_back([id, process_id](runtime::TransportSink& sink) { sink.attached(id, process_id); });
  return id;
}

ConnectionId FakeTransport::adopt() {
  const ConnectionId id{++last_id_};
  open_.insert(id);
  return id;
}

void FakeTransport::send(ConnectionId connection, std::vector<std::byte> bytes) {
  reports_.push_back([connection, bytes = std::move(bytes)](runtime::TransportSink& sink) {
    sink.received(connection, ByteView{bytes});
  });
}

void FakeTransport::peer_closes(ConnectionId connection) {
  if (open_.erase(connection) == 0) return;
  writing_.erase(connection);
  reports_.push_back([connection](runtime::TransportSink& sink) { sink.closed(connection, "end of file"); });
}

void FakeTransport::complete_write(ConnectionId connection) {
  if (writing_.erase(connection) == 0) return;
  reports_.push_back([connection](runtime::TransportSink& sink) { sink.write_completed(connection); });
}

std::vector<std::byte> FakeTransport::take_written(ConnectionId connection) {
  return std::exchange(written_[connection], {});
}

void FakeTransport::wait(TimePoint until, runtime::TransportSink& sink) {
  last_until_ = until;
  std::deque<Report> reports = std::exchange(reports_, {});
  for (const Report& report : reports) report(sink);
}

void FakeTransport::write(ConnectionId connection, std::vector<std::byte> bytes) {
  if (!open_.contains(connection)) return;
  ++writes_;
  largest_write_ = std::max(largest_write_, bytes.size());
  if (!writing_.insert(connection).second) ++overlapping_writes_;
  auto& written = written_[connection];
  written.insert(written.end(), bytes.begin(), bytes.end());
  if (completes_writes) complete_write(connection);
}

void FakeTransport::close(ConnectionId connection, Duration linger) {
  closes_.push_back({connection, linger});
  if (completes_closes) peer_closes(connection);
}

}  // namespace plugbroker::test
