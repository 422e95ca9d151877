// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <windows.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "broker_core/base/strong_id.h"
#include "broker_core/runtime/transport.h"
#include "broker_core/win/completion_port.h"
#include "broker_core/win/unique_handle.h"

namespace plugbroker::win {

/// What a connection needs of the transport that it belongs to. Calls come on the thread that serves the port.
class PipeConnectionOwner {
 public:
  /// A buffer of limits::read_buffer_bytes; give it back with return_buffer().
  virtual std::vector<std::byte> lend_buffer() = 0;
  virtual void return_buffer(std::vector<std::byte> buffer) = 0;
  /// Asked by a session that is used again: true when it may keep a buffer of limits::kept_buffer_bytes until the owner
  /// calls rest() for it. It asks once, or again after a refusal or rest().
  virtual bool may_keep_buffer(ConnectionId connection) = 0;
  /// The memory of a write that has ended.
  virtual void return_written(std::vector<std::byte> buffer) = 0;
  /// Call proceed() of that connection in this turn or the next one.
  virtual void schedule(ConnectionId connection) = 0;
  /// Where reports go; only from inside Transport::wait().
  virtual runtime::TransportSink& sink() = 0;

 protected:
  virtual ~PipeConnectionOwner() = default;
};

/// One connected pipe end: always one read outstanding, at most one write.
///
/// An idle session owns no buffer: its read has zero bytes and only tells that something came; then it reads into lent
/// buffers until the pipe is empty. One that is used again and again may keep a small buffer, so that a small frame
/// takes one read instead of two; its owner decides for how long. A worker's channel keeps a buffer of its own.
/// After at most limits::max_synchronous_completions reads in one turn it waits for the next one; so it does after a
/// read that emptied the pipe, so that what came goes on before the next read is started.
///
/// It ends when the peer has closed or it was aborted, and every operation was seen to complete: finished() is then
/// true, and it may be destroyed. The pipe is never disconnected or flushed: what was written stays readable for the
/// peer.
class PipeConnection {
 public:
  enum class Reading : std::uint8_t { lent_buffer, own_buffer };

  /// `pipe` is bound to the owner's port, with FILE_SKIP_COMPLETION_PORT_ON_SUCCESS.
  PipeConnection(ConnectionId id, UniqueHandle pipe, Reading reading, PipeConnectionOwner& owner);
  ~PipeConnection();
  PipeConnection(const PipeConnection&) = delete;
  PipeConnection& operator=(const PipeConnection&) = delete;

  [[nodiscard]] HANDLE pipe() const { return pipe_.get(); }

  /// Reads on and reports what is due. For scheduled connections, from inside Transport::wait().
  void proceed();

  /// Only when no write is outstanding.
  void write(std::vector<std::byte> bytes);

  /// The session is idle again as far as the owner is concerned: it gives up the buffer that it was allowed to keep.
  void rest();
  /// Whether something came since this was asked last.
  [[nodiscard]] bool take_used() { return std::exchange(used_, false); }

  /// Drops what comes from now on; ends when the peer has closed and the outstanding write has ended.
  void begin_close();
  /// Ends as soon as the system has given back every operation.
  void abort();

  [[nodiscard]] bool finished() const;
  /// "end of file", "closed", or the failing call and its error.
  [[nodiscard]] const std::string& reason() const { return reason_; }

 private:
  class ReadOperation final : public PortOperation {
   public:
    explicit ReadOperation(PipeConnection& connection) : connection_(connection) {}
    void completed(DWORD error, DWORD bytes) override { connection_.read_completed(error, bytes); }
    [[nodiscard]] HANDLE file() const override { return connection_.pipe(); }

   private:
    PipeConnection& connection_;
  };
  class WriteOperation final : public PortOperation {
   public:
    explicit WriteOperation(PipeConnection& connection) : connection_(connection) {}
    void completed(DWORD error, DWORD bytes) override { connection_.write_completed(error, bytes); }
    [[nodiscard]] HANDLE file() const override { return connection_.pipe(); }

   private:
    PipeConnection& connection_;
  };

  [[nodiscard]] bool may_read() const;
  void start_read();
  void read_completed(DWORD error, DWORD bytes);
  void take_read(DWORD error, DWORD bytes);
  void take_probe(DWORD error, DWORD bytes);
  void drop_kept_buffer();
  void give_back_buffer();
  void write_completed(DWORD error, DWORD bytes);
  void end_input(DWORD error, const char* call);
  void report_write();

  ConnectionId id_;
  UniqueHandle pipe_;
  Reading reading_;
  PipeConnectionOwner& owner_;
  ReadOperation read_{*this};
  WriteOperation write_{*this};
  std::vector<std::byte> read_buffer_;   ///< The outstanding read's, until it completed; or the channel's own.
  std::vector<std::byte> write_buffer_;  ///< The outstanding write's, until it completed.
  std::string reason_;
  std::vector<std::byte> kept_buffer_;  ///< Of a session that may keep one; else empty.
  std::byte empty_target_{};            ///< A read of zero bytes still wants an address.
  int probes_ = 0;                      ///< That have completed without a kept buffer.
  bool probing_ = true;                 ///< The next read is into kept_buffer_: of zero bytes, unless there is one.
  bool resting_ = false;                ///< The kept buffer goes once the read into it has ended.
  bool used_ = false;
  bool emptied_ = false;  ///< The last read left nothing in the pipe.
  bool read_pending_ = false;
  bool write_pending_ = false;
  bool write_done_ = false;  ///< To be reported.
  bool write_failed_ = false;
  bool input_ended_ = false;
  bool closing_ = false;
  bool aborted_ = false;
};

}  // namespace plugbroker::win
