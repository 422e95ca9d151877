// SPDX-License-Identifier: Apache-2.0
#include "broker_core/win/worker_output.h"

#include <utility>

namespace plugbroker::win {

void WorkerOutputLog::line(LogLevel level, std::string_view text) {
  report_dropped();
  if (!rate_.admit(clock_.now())) {
    has_dropped_ = true;
    return;
  }
  write(level, "worker_output", std::string(text));
}

void WorkerOutputLog::write(LogLevel level, std::string event, std::string message) {
  LogRecord record = subject_;
  record.level = level;
  record.event = std::move(event);
  record.message = std::move(message);
  log_.write(record);
}

void WorkerOutputLog::report_dropped() {
  if (has_dropped_) write_dropped(rate_.take_dropped(clock_.now()));
}

void WorkerOutputLog::finish() {
  if (has_dropped_) write_dropped(rate_.take_dropped_at_end());
}

void WorkerOutputLog::write_dropped(std::uint64_t count) {
  if (count == 0) return;
  has_dropped_ = false;
  write(LogLevel::warning, "worker_output_dropped",
        std::to_string(count) + " lines were dropped: more than " +
            std::to_string(limits::max_output_lines_per_second) + " in a second");
}

WorkerOutputReader::WorkerOutputReader(UniqueHandle pipe, LogLevel level, WorkerOutputLog& log,
                                       runtime::OutputTail* tail)
    : pipe_(std::move(pipe)), lines_([level, &log](std::string_view text) { log.line(level, text); }), tail_(tail) {}

void WorkerOutputReader::start() {
  operation_.clear();
  const BOOL done = ReadFile(pipe_.get(), buffer_.data(), static_cast<DWORD>(buffer_.size()), nullptr, &operation_);
  // Read at once or not, the completion comes through the port; only an error does not.
  if (!done && GetLastError() != ERROR_IO_PENDING) end();
}

void WorkerOutputReader::read_completed(DWORD error, DWORD bytes) {
  if (error != 0) {
    end();
    return;
  }
  const ByteView read = ByteView{buffer_}.first(bytes);
  if (tail_ != nullptr) tail_->feed(read);
  lines_.feed(read);
  start();
}

void WorkerOutputReader::end() {
  lines_.finish();
  if (tail_ != nullptr) tail_->complete();
  ended_ = true;
}

}  // namespace plugbroker::win
