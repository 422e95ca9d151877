// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/win/pipe_client.h"

#include <utility>

namespace plugbroker::test {

PipeClient::PipeClient(const std::wstring& name, Sqos sqos) : buffer_(65536) {
  const DWORD level = sqos == Sqos::identification ? DWORD{SECURITY_IDENTIFICATION} : DWORD{SECURITY_ANONYMOUS};
  pipe_ = win::UniqueHandle(CreateFileW(name.c_str(), GENERIC_READ | GENERIC_WRITE, 0, nullptr, OPEN_EXISTING,
                                        FILE_FLAG_OVERLAPPED | SECURITY_SQOS_PRESENT | level, nullptr));
  open_error_ = pipe_ ? 0 : GetLastError();
}

PipeClient::~PipeClient() {
  close();
}

bool PipeClient::operation_ended(OVERLAPPED& operation, DWORD& bytes, DWORD& error) const {
  const BOOL done = GetOverlappedResult(pipe_.get(), &operation, &bytes, FALSE);
  error = done ? 0 : GetLastError();
  return error != ERROR_IO_INCOMPLETE;
}

void PipeClient::write(std::string text) {
  written_ = std::move(text);
  write_ = {};
  const BOOL done = WriteFile(pipe_.get(), written_.data(), static_cast<DWORD>(written_.size()), nullptr, &write_);
  writing_ = !done && GetLastError() == ERROR_IO_PENDING;
}

bool PipeClient::write_ended() {
  DWORD bytes = 0;
  DWORD error = 0;
  if (writing_ && operation_ended(write_, bytes, error)) writing_ = false;
  return !writing_;
}

const std::string& PipeClient::read() {
  DWORD bytes = 0;
  DWORD error = 0;
  while (pipe_ && !at_end_) {
    if (!reading_) {
      read_ = {};
      const BOOL done = ReadFile(pipe_.get(), buffer_.data(), static_cast<DWORD>(buffer_.size()), nullptr, &read_);
      error = done ? 0 : GetLastError();
      if (error != 0 && error != ERROR_IO_PENDING) {
        at_end_ = true;
        break;
      }
      reading_ = true;
    }
    if (!operation_ended(read_, bytes, error)) break;
    reading_ = false;
    if (error != 0) {
      at_end_ = true;
    } else {
      received_.append(buffer_.data(), bytes);
    }
  }
  return received_;
}

void PipeClient::close() {
  if (!pipe_) return;
  if (reading_ || writing_) CancelIoEx(pipe_.get(), nullptr);
  DWORD bytes = 0;
  if (reading_) GetOverlappedResult(pipe_.get(), &read_, &bytes, TRUE);
  if (writing_) GetOverlappedResult(pipe_.get(), &write_, &bytes, TRUE);
  reading_ = false;
  writing_ = false;
  pipe_.reset();
}

}  // namespace plugbroker::test
