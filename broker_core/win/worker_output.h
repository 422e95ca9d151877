// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <windows.h>

#include <array>
#include <cstddef>
#include <string>

#include "broker_core/base/log_sink.h"
#include "broker_core/base/strong_id.h"
#include "broker_core/base/time.h"
#include "broker_core/runtime/output_lines.h"
#include "broker_core/runtime/output_tail.h"
#include "broker_core/win/completion_port.h"
#include "broker_core/win/unique_handle.h"

namespace plugbroker::win {

/// Writes a worker's lines to the log, within the rate; both of its streams share one.
class WorkerOutputLog {
 public:
  /// `subject` says whose lines they are; its level, event and message are not looked at.
  WorkerOutputLog(LogRecord subject, LogSink& log, const Clock& clock)
      : subject_(std::move(subject)), log_(log), clock_(clock) {}

  void line(LogLevel level, std::string_view text);
  /// Reports what was dropped in a second that is over.
  void report_dropped();
  /// Reports all that was dropped.
  void finish();
  [[nodiscard]] bool has_dropped() const { return has_dropped_; }

 private:
  void write(LogLevel level, std::string event, std::string message);
  void write_dropped(std::uint64_t count);

  const LogRecord subject_;
  LogSink& log_;
  const Clock& clock_;
  runtime::LineRate rate_;
  bool has_dropped_ = false;  ///< Some are not reported yet.
};

/// Reads one of a worker's output pipes to its end, always: a worker never waits because nobody listens.
class WorkerOutputReader {
 public:
  /// `pipe` is bound to the port whose thread calls completions. `tail` is fed too, if there is one, and must outlive
  /// the reader.
  WorkerOutputReader(UniqueHandle pipe, LogLevel level, WorkerOutputLog& log, runtime::OutputTail* tail = nullptr);
  WorkerOutputReader(const WorkerOutputReader&) = delete;
  WorkerOutputReader& operator=(const WorkerOutputReader&) = delete;

  void start();
  void cancel() { CancelIoEx(pipe_.get(), nullptr); }
  /// Nothing is outstanding and nothing more will come.
  [[nodiscard]] bool ended() const { return ended_; }

 private:
  class Operation final : public PortOperation {
   public:
    explicit Operation(WorkerOutputReader& reader) : reader_(reader) {}
    void completed(DWORD error, DWORD bytes) override { reader_.read_completed(error, bytes); }
    [[nodiscard]] HANDLE file() const override { return reader_.pipe_.get(); }

   private:
    WorkerOutputReader& reader_;
  };

  void read_completed(DWORD error, DWORD bytes);
  void end();

  UniqueHandle pipe_;
  runtime::OutputLines lines_;
  runtime::OutputTail* tail_;
  Operation operation_{*this};
  std::array<std::byte, limits::output_read_bytes> buffer_{};
  bool ended_ = false;
};

}  // namespace plugbroker::win
