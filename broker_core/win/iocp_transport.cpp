// SPDX-License-Identifier: Apache-2.0
#include "broker_core/win/iocp_transport.h"

#include <algorithm>
#include <array>
#include <utility>

#include "broker_core/base/assert.h"
#include "broker_core/base/limits.h"
#include "broker_core/win/awake_clock.h"
#include "broker_core/win/utf16.h"
#include "broker_core/win/windows_error.h"

namespace plugbroker::win {
namespace {

constexpr ULONG max_packets_per_wait = 64;
constexpr int max_turns_without_poll = 4;
/// After so many packets that came alone there is a look for more at once.
constexpr int lone_packets_per_look = 16;
constexpr std::size_t max_spare_write_buffers = 4;
/// Packets of operations have key 0.
constexpr ULONG_PTR wake_key = 1;

/// Sink of the destructor: nobody is told any more.
class NoSink final : public runtime::TransportSink {
 public:
  void connected(ConnectionId, std::uint32_t) override {}
  void received(ConnectionId, ByteView) override {}
  void write_completed(ConnectionId) override {}
  void closed(ConnectionId, std::string_view) override {}
  void woken() override {}
};

/// For logs only; 0 when it can't be told.
ULONG client_process(HANDLE pipe) {
  ULONG process_id = 0;
  GetNamedPipeClientProcessId(pipe, &process_id);
  return process_id;
}

}  // namespace

Result<std::unique_ptr<IocpTransport>> IocpTransport::open(Options options, const Clock& clock, LogSink& log) {
  UniqueHandle port(CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, 1));
  const DWORD error = GetLastError();
  if (!port) return windows_error(error, "CreateIoCompletionPort", options.pipe_name);
  PipeListener::Options clients{.instance = {.name = std::move(options.pipe_name)},
                                .security = std::move(options.security),
                                .pending = options.pending_instances};
  // The instance that holds the name is one more.
  if (options.max_instances != 0) clients.instance.max_instances = options.max_instances + 1;
  Listeners listeners;
  auto listener = listen(std::move(clients), port.get(), log);
  if (!listener.ok()) return listener.status();
  listeners.clients = std::move(listener).value();
  if (!options.attach_pipe_name.empty()) {
    auto attach = listen({.instance = {.name = std::move(options.attach_pipe_name)},
                          .security = std::move(options.attach_security),
                          .pending = 1},
                         port.get(), log);
    if (!attach.ok()) return attach.status();
    listeners.attach = std::move(attach).value();
  }
  return std::unique_ptr<IocpTransport>(new IocpTransport(std::move(port), std::move(listeners), clock, log));
}

Result<std::unique_ptr<PipeListener>> IocpTransport::listen(PipeListener::Options options, HANDLE port, LogSink& log) {
  const std::string name = to_utf8(options.instance.name);
  auto listener = PipeListener::open(std::move(options), port);
  if (!listener.ok()) return listener;
  for (const std::string& part : (*listener)->left_out()) {
    log.write({.level = LogLevel::warning,
               .event = "pipe_security_reduced",
               .message = "the system refused the " + part + " of " + name});
  }
  return listener;
}

IocpTransport::IocpTransport(UniqueHandle port, Listeners listeners, const Clock& clock, LogSink& log)
    : port_(std::move(port)), listeners_(std::move(listeners)), clock_(clock), log_(log) {}

IocpTransport::~IocpTransport() {
  NoSink nobody;
  sink_ = &nobody;
  stop_listening();
  for (const auto& [id, record] : connections_) record.connection->abort();
  // Cancelled operations complete at once, so this ends; freeing their buffers before would not be safe.
  while (!connections_.empty() || !listeners_are_idle()) {
    run_scheduled();
    if (connections_.empty() && listeners_are_idle()) break;
    poll(scheduled_.empty() ? INFINITE : 0);
  }
}

void IocpTransport::wait(TimePoint until, runtime::TransportSink& sink) {
  sink_ = &sink;
  replenish(clock_.now());
  // What the last turn left is reported before the port is asked: the loop then writes first, and reads on after that.
  // But not too often in a row: what comes through the port has its turn too.
  reported_ = false;
  run_scheduled();
  if (reported_ && ++turns_without_poll_ < max_turns_without_poll) {
    sink_ = nullptr;
    return;
  }
  turns_without_poll_ = 0;
  const bool busy = reported_ || !scheduled_.empty() || has_connected();
  poll(busy ? 0 : wait_milliseconds(clock_.now(), std::min(until, next_deadline())));
  const TimePoint now = clock_.now();
  replenish(now);
  accept_connected();
  accept_attached();
  abort_overdue(now);
  sink_ = nullptr;
}

void IocpTransport::poll(DWORD milliseconds) {
  std::array<OVERLAPPED_ENTRY, max_packets_per_wait> packets{};
  ULONG count = 0;
  const BOOL done =
      GetQueuedCompletionStatusEx(port_.get(), packets.data(), packets_wanted_, &count, milliseconds, FALSE);
  const DWORD error = GetLastError();
  if (!done) {
    PLUGBROKER_ASSERT(error == WAIT_TIMEOUT);
    return;
  }
  choose_packets_wanted(count);
  for (ULONG i = 0; i < count; ++i) {
    if (packets[i].lpCompletionKey == wake_key) {
      wake_posted_.store(false);
      sink_->woken();
    } else {
      finish_operation(*packets[i].lpOverlapped);
    }
  }
}

/// One at a time while they come alone: some systems need one call more to see that there is no other.
void IocpTransport::choose_packets_wanted(unsigned long came) {
  if (came > 1) {
    packets_wanted_ = max_packets_per_wait;
  } else if (packets_wanted_ > 1) {
    packets_wanted_ = 1;
    lone_packets_ = 0;
  } else if (++lone_packets_ == lone_packets_per_look) {
    packets_wanted_ = max_packets_per_wait;
  }
}

void IocpTransport::wake() {
  if (wake_posted_.exchange(true)) return;
  const BOOL posted = PostQueuedCompletionStatus(port_.get(), 0, wake_key, nullptr);
  PLUGBROKER_ASSERT(posted != FALSE);
}

void IocpTransport::replenish(TimePoint now) {
  for (PipeListener* listener : {listeners_.clients.get(), awaits_attach() ? listeners_.attach.get() : nullptr}) {
    if (listener == nullptr) continue;
    listener->replenish(now);
    const Status failure = listener->take_failure();
    if (failure.ok()) continue;
    log_.write({.level = LogLevel::error, .event = "pipe_instance_failed", .message = failure.message});
  }
}

bool IocpTransport::awaits_attach() const {
  return listeners_.attach != nullptr && attached_ == 0 && !listeners_.attach->has_connected();
}

bool IocpTransport::has_connected() const {
  return listeners_.clients->has_connected() || (listeners_.attach != nullptr && listeners_.attach->has_connected());
}

bool IocpTransport::listeners_are_idle() const {
  return listeners_.clients->outstanding() == 0 &&
         (listeners_.attach == nullptr || listeners_.attach->outstanding() == 0);
}

void IocpTransport::accept_connected() {
  for (std::size_t accepted = 0; accepted < max_packets_per_wait; ++accepted) {
    UniqueHandle pipe = listeners_.clients->take_connected();
    if (!pipe) return;
    const ULONG process_id = client_process(pipe.get());
    const ConnectionId id = add(std::move(pipe), PipeConnection::Reading::lent_buffer);
    sink_->connected(id, process_id);
  }
}

void IocpTransport::accept_attached() {
  if (listeners_.attach == nullptr) return;
  while (UniqueHandle pipe = listeners_.attach->take_connected()) {
    const ULONG process_id = client_process(pipe.get());
    const ConnectionId id = add(std::move(pipe), PipeConnection::Reading::own_buffer);
    connections_.at(id).attached = true;
    ++attached_;
    sink_->attached(id, process_id);
  }
}

ConnectionId IocpTransport::add(UniqueHandle pipe, PipeConnection::Reading reading) {
  const ConnectionId id{++last_id_};
  PipeConnectionOwner& owner = *this;
  connections_[id].connection = std::make_unique<PipeConnection>(id, std::move(pipe), reading, owner);
  schedule(id);
  return id;
}

Result<ConnectionId> IocpTransport::adopt(UniqueHandle pipe) {
  if (CreateIoCompletionPort(pipe.get(), port_.get(), 0, 0) == nullptr) {
    const DWORD error = GetLastError();
    return windows_error(error, "CreateIoCompletionPort", "of a worker's channel");
  }
  if (!SetFileCompletionNotificationModes(pipe.get(),
                                          FILE_SKIP_COMPLETION_PORT_ON_SUCCESS | FILE_SKIP_SET_EVENT_ON_HANDLE)) {
    const DWORD error = GetLastError();
    return windows_error(error, "SetFileCompletionNotificationModes", "of a worker's channel");
  }
  return add(std::move(pipe), PipeConnection::Reading::own_buffer);
}

HANDLE IocpTransport::pipe_of(ConnectionId connection) const {
  const auto found = connections_.find(connection);
  return found == connections_.end() ? nullptr : found->second.connection->pipe();
}

void IocpTransport::schedule(ConnectionId connection) {
  Record& record = connections_.at(connection);
  if (std::exchange(record.scheduled, true)) return;
  scheduled_.push_back(connection);
}

void IocpTransport::run_scheduled() {
  // Only those that are due now: one that schedules itself again waits for the next turn.
  for (std::size_t due = scheduled_.size(); due != 0; --due) {
    const ConnectionId id = scheduled_.take_front();
    Record& record = connections_.at(id);
    record.scheduled = false;
    record.connection->proceed();
    if (record.connection->finished() && !record.scheduled) retire(id);
  }
}

void IocpTransport::retire(ConnectionId connection) {
  const auto node = connections_.extract(connection);
  std::erase(buffered_, connection);
  if (node.mapped().attached) --attached_;
  sink().closed(connection, node.mapped().connection->reason());
}

void IocpTransport::abort_overdue(TimePoint now) {
  while (!lingering_.empty() && lingering_.begin()->first <= now) {
    const auto found = connections_.find(lingering_.begin()->second);
    lingering_.erase(lingering_.begin());
    if (found != connections_.end()) found->second.connection->abort();
  }
}

TimePoint IocpTransport::next_deadline() const {
  const TimePoint linger = lingering_.empty() ? far_future : lingering_.begin()->first;
  const TimePoint attempt = listeners_.clients->next_attempt();
  const TimePoint attach_attempt = awaits_attach() ? listeners_.attach->next_attempt() : far_future;
  return std::min({linger, attempt, attach_attempt});
}

void IocpTransport::write(ConnectionId connection, std::vector<std::byte> bytes) {
  const auto found = connections_.find(connection);
  if (found == connections_.end()) return;
  found->second.connection->write(std::move(bytes));
}

std::vector<std::byte> IocpTransport::recycle_buffer() {
  if (spare_write_buffers_.empty()) return {};
  std::vector<std::byte> buffer = std::move(spare_write_buffers_.back());
  spare_write_buffers_.pop_back();
  return buffer;
}

void IocpTransport::close(ConnectionId connection, Duration linger) {
  const auto found = connections_.find(connection);
  if (found == connections_.end()) return;
  if (linger <= Duration::zero()) {
    found->second.connection->abort();
  } else {
    found->second.connection->begin_close();
    lingering_.emplace(clock_.now() + linger, connection);
  }
}

void IocpTransport::stop_listening() {
  listeners_.clients->stop();
  if (listeners_.attach != nullptr) listeners_.attach->stop();
}

std::vector<std::byte> IocpTransport::lend_buffer() {
  std::vector<std::byte> buffer = std::exchange(read_buffer_, {});
  buffer.resize(limits::read_buffer_bytes);
  return buffer;
}

void IocpTransport::return_buffer(std::vector<std::byte> buffer) {
  if (buffer.capacity() > read_buffer_.capacity()) read_buffer_ = std::move(buffer);
}

bool IocpTransport::may_keep_buffer(ConnectionId connection) {
  if (buffered_.size() == limits::max_kept_buffers) {
    const ConnectionId oldest = buffered_.front();
    buffered_.pop_front();
    PipeConnection& holder = *connections_.at(oldest).connection;
    if (holder.take_used()) {
      buffered_.push_back(oldest);
      return false;
    }
    holder.rest();
  }
  buffered_.push_back(connection);
  return true;
}

void IocpTransport::return_written(std::vector<std::byte> buffer) {
  if (spare_write_buffers_.size() >= max_spare_write_buffers) return;
  buffer.clear();
  spare_write_buffers_.push_back(std::move(buffer));
}

runtime::TransportSink& IocpTransport::sink() {
  PLUGBROKER_ASSERT(sink_ != nullptr);
  reported_ = true;
  return *sink_;
}

}  // namespace plugbroker::win
