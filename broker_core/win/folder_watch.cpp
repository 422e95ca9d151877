// SPDX-License-Identifier: Apache-2.0
#include "broker_core/win/folder_watch.h"

#include "broker_core/base/assert.h"
#include "broker_core/win/windows_error.h"

namespace plugbroker::win {
namespace {

constexpr DWORD watched_changes = FILE_NOTIFY_CHANGE_FILE_NAME | FILE_NOTIFY_CHANGE_DIR_NAME | FILE_NOTIFY_CHANGE_SIZE |
                                  FILE_NOTIFY_CHANGE_LAST_WRITE;
// Whoever deploys may replace and delete anything, the folder itself included.
constexpr DWORD share_everything = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;

}  // namespace

FolderWatch::~FolderWatch() {
  PLUGBROKER_ASSERT(idle());
}

Status FolderWatch::open() {
  if (is_open()) return {};
  UniqueHandle folder(CreateFileW(folder_.c_str(), FILE_LIST_DIRECTORY, share_everything, nullptr, OPEN_EXISTING,
                                  FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OVERLAPPED, nullptr));
  const DWORD open_error = GetLastError();
  if (!folder) return windows_error(open_error, "CreateFileW", std::wstring_view{folder_});
  const HANDLE bound = CreateIoCompletionPort(folder.get(), port_, 0, 0);
  const DWORD bind_error = GetLastError();
  if (bound == nullptr) return windows_error(bind_error, "CreateIoCompletionPort", std::wstring_view{folder_});
  handle_ = std::move(folder);
  return read();
}

void FolderWatch::cancel() {
  cancelled_ = true;
  if (outstanding_) CancelIoEx(handle_.get(), &operation_);
}

Status FolderWatch::read() {
  operation_.clear();
  const BOOL done = ReadDirectoryChangesW(handle_.get(), buffer_.data(), static_cast<DWORD>(buffer_.size()), TRUE,
                                          watched_changes, nullptr, &operation_, nullptr);
  const DWORD error = GetLastError();
  outstanding_ = done != FALSE;
  if (outstanding_) return {};
  handle_.reset();
  return windows_error(error, "ReadDirectoryChangesW", std::wstring_view{folder_});
}

void FolderWatch::completed(DWORD error) {
  outstanding_ = false;
  if (cancelled_) return;
  // That it is not watched any more is a change as well: of what happens now nothing will be seen.
  on_change_();
  if (error != 0 && error != ERROR_NOTIFY_ENUM_DIR) {
    handle_.reset();
    return;
  }
  (void)read();
}

}  // namespace plugbroker::win
