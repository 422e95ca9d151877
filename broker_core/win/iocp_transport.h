// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <windows.h>

#include <atomic>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "broker_core/base/fifo.h"
#include "broker_core/base/log_sink.h"
#include "broker_core/base/result.h"
#include "broker_core/base/time.h"
#include "broker_core/runtime/transport.h"
#include "broker_core/win/pipe_connection.h"
#include "broker_core/win/pipe_listener.h"

namespace plugbroker::win {

/// Transport over named pipes and one I/O completion port: the public pipe with the workers' channels, or the admin
/// pipe. For a worker's author it can listen on one more pipe, on which one connection at a time is taken.
///
/// All but wake() belongs to one thread. An idle transport makes no system call.
class IocpTransport final : public runtime::Transport, private PipeConnectionOwner {
 public:
  struct Options {
    std::wstring pipe_name;  ///< \\.\pipe\…
    PipeSecurity security;
    std::size_t pending_instances = limits::pending_pipe_instances;
    /// Connections and pending instances at once; 0: no limit but the system's. At most 253.
    std::uint32_t max_instances = 0;
    std::wstring attach_pipe_name;  ///< Whoever connects there is reported as attached(); empty: no such pipe.
    PipeSecurity attach_security;
  };

  /// Takes the pipe's name; clients can connect from the first wait() on. Says in `log` what of the security the system
  /// refused, and when no instance can be made. `clock` and `log` must outlive the transport.
  [[nodiscard]] static Result<std::unique_ptr<IocpTransport>> open(Options options, const Clock& clock, LogSink& log);

  /// Aborts what is open and waits until the system has given back every buffer.
  ~IocpTransport() override;

  void wait(TimePoint until, runtime::TransportSink& sink) override;
  void wake() override;
  void write(ConnectionId connection, std::vector<std::byte> bytes) override;
  std::vector<std::byte> recycle_buffer() override;
  void close(ConnectionId connection, Duration linger) override;
  void stop_listening() override;

  /// Takes over the broker's end of a worker's channel: it is read from now on, without a connected().
  [[nodiscard]] Result<ConnectionId> adopt(UniqueHandle pipe);

  /// The pipe of an open connection; null for any other. Valid until the next wait().
  [[nodiscard]] HANDLE pipe_of(ConnectionId connection) const;

  [[nodiscard]] std::size_t connection_count() const { return connections_.size(); }
  /// Sessions that keep a buffer of their own: at most limits::max_kept_buffers.
  [[nodiscard]] std::size_t kept_buffers() const { return buffered_.size(); }

  /// Parts of the wanted security that the system refused.
  [[nodiscard]] const std::vector<std::string>& security_left_out() const { return listeners_.clients->left_out(); }

 private:
  struct Record {
    std::unique_ptr<PipeConnection> connection;
    bool scheduled = false;
    bool attached = false;
  };

  struct Listeners {
    std::unique_ptr<PipeListener> clients;
    std::unique_ptr<PipeListener> attach;  ///< Null when nobody is to attach.
  };

  [[nodiscard]] static Result<std::unique_ptr<PipeListener>> listen(PipeListener::Options options, HANDLE port,
                                                                    LogSink& log);

  IocpTransport(UniqueHandle port, Listeners listeners, const Clock& clock, LogSink& log);

  // PipeConnectionOwner
  std::vector<std::byte> lend_buffer() override;
  void return_buffer(std::vector<std::byte> buffer) override;
  bool may_keep_buffer(ConnectionId connection) override;
  void return_written(std::vector<std::byte> buffer) override;
  void schedule(ConnectionId connection) override;
  runtime::TransportSink& sink() override;

  ConnectionId add(UniqueHandle pipe, PipeConnection::Reading reading);
  void poll(DWORD milliseconds);
  void choose_packets_wanted(unsigned long came);
  void accept_connected();
  void accept_attached();
  void run_scheduled();
  void retire(ConnectionId connection);
  void abort_overdue(TimePoint now);
  void replenish(TimePoint now);
  /// Nobody is attached, so the next one may connect.
  [[nodiscard]] bool awaits_attach() const;
  [[nodiscard]] bool has_connected() const;
  [[nodiscard]] bool listeners_are_idle() const;
  [[nodiscard]] TimePoint next_deadline() const;

  UniqueHandle port_;
  Listeners listeners_;
  const Clock& clock_;
  LogSink& log_;
  std::unordered_map<ConnectionId, Record> connections_;
  Fifo<ConnectionId> scheduled_;
  std::multimap<TimePoint, ConnectionId> lingering_;
  std::vector<std::byte> read_buffer_;  ///< Lent to one connection at a time; empty while it is lent.
  std::deque<ConnectionId> buffered_;   ///< Sessions that keep a buffer; the next to be looked at first.
  std::vector<std::vector<std::byte>> spare_write_buffers_;
  std::uint64_t last_id_ = 0;
  std::size_t attached_ = 0;  ///< Connections that are attached.
  std::atomic<bool> wake_posted_{false};
  int turns_without_poll_ = 0;
  unsigned long packets_wanted_ = 1;  ///< That the next poll() may take.
  int lone_packets_ = 0;              ///< In a row, taken one at a time.
  bool reported_ = false;             ///< In this wait(), or in the last one.
  runtime::TransportSink* sink_ = nullptr;
};

}  // namespace plugbroker::win
