// SPDX-License-Identifier: Apache-2.0
#include "broker_core/win/shadow_copies.h"

#include <windows.h>

#include <system_error>
#include <utility>

#include "broker_core/win/folder_deletion.h"
#include "broker_core/win/utf16.h"
#include "broker_core/win/windows_error.h"

namespace plugbroker::win {
namespace {

namespace fs = std::filesystem;

std::string shown(const fs::path& path) {
  return to_utf8(path.native());
}

bool is_link(const fs::path& path) {
  const DWORD attributes = GetFileAttributesW(path.c_str());
  return attributes != INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0;
}

/// One copy being made.
class Copying {
 public:
  Copying(const fs::path& from, const fs::path& to, CopyBounds left) : from_(from), to_(to), left_(left) {}

  Status run() {
    std::error_code error;
    fs::recursive_directory_iterator place(from_, error);
    if (error) return failure("read", from_, error);
    for (const fs::recursive_directory_iterator end; place != end; place.increment(error)) {
      if (Status status = copy(place); !status.ok()) return status;
      if (error) break;
    }
    return error ? failure("read", from_, error) : Status{};
  }

 private:
  static Status failure(std::string_view what, const fs::path& path, const std::error_code& error) {
    return {StatusCode::unavailable, "cannot " + std::string(what) + " " + shown(path) + ": " + error.message()};
  }

  Status copy(fs::recursive_directory_iterator& place) {
    const fs::path& source = place->path();
    if (left_.entries == 0) return too_much("files and folders");
    --left_.entries;
    std::error_code error;
    const bool folder = place->is_directory(error);
    if (is_link(source)) {
      if (folder) place.disable_recursion_pending();
      return {};
    }
    const fs::path target = to_ / source.lexically_relative(from_);
    if (folder) {
      fs::create_directory(target, error);
      return error ? failure("make", target, error) : Status{};
    }
    return copy_file(source, target);
  }

  Status copy_file(const fs::path& source, const fs::path& target) {
    std::error_code error;
    const std::uintmax_t bytes = fs::file_size(source, error);
    if (error) return failure("read", source, error);
    if (bytes > left_.bytes) return too_much("bytes");
    left_.bytes -= bytes;
    if (!CopyFileW(source.c_str(), target.c_str(), TRUE)) {
      return windows_error(GetLastError(), "CopyFileW", std::wstring_view{source.native()});
    }
    // A file that is read-only could not be deleted again.
    SetFileAttributesW(target.c_str(), FILE_ATTRIBUTE_NORMAL);
    return {};
  }

  Status too_much(std::string_view of_what) const {
    return {StatusCode::resource_exhausted,
            shown(from_) + " has more " + std::string(of_what) + " than a copy of a worker's program may have"};
  }

  const fs::path& from_;
  const fs::path& to_;
  CopyBounds left_;
};

}  // namespace

Result<std::unique_ptr<ShadowCopies>> ShadowCopies::open(fs::path root, CopyBounds bounds) {
  std::error_code error;
  fs::create_directories(root, error);
  if (error) return {StatusCode::failed_precondition, "cannot make " + shown(root) + ": " + error.message()};
  for (fs::directory_iterator place(root, error), end; !error && place != end; place.increment(error)) {
    (void)delete_folder(place->path());
  }
  return std::unique_ptr<ShadowCopies>(new ShadowCopies(std::move(root), bounds));
}

ShadowCopies::ShadowCopies(fs::path root, CopyBounds bounds)
    : root_(std::move(root)), bounds_(bounds), unused_(std::make_shared<Unused>()) {}

ShadowCopies::~ShadowCopies() {
  delete_unused();
}

Result<ShadowCopies::Copy> ShadowCopies::make(const fs::path& folder, const std::string& pool) {
  fs::path target;
  {
    const std::lock_guard lock(mutex_);
    target = root_ / to_utf16(pool + '-' + std::to_string(++last_number_));
  }
  std::error_code error;
  (void)delete_folder(target);
  fs::create_directory(target, error);
  if (error) return {StatusCode::unavailable, "cannot make " + shown(target) + ": " + error.message()};
  if (Status status = Copying(folder, target, bounds_).run(); !status.ok()) {
    (void)delete_folder(target);
    return status;
  }
  return Copy(new fs::path(std::move(target)), [unused = unused_](const fs::path* path) {
    const std::unique_ptr<const fs::path> owned(path);
    const std::lock_guard lock(unused->mutex);
    if (unused->folders.size() < limits::max_old_shadow_copies) unused->folders.push_back(*owned);
  });
}

void ShadowCopies::delete_unused() {
  std::vector<fs::path> folders;
  {
    const std::lock_guard lock(unused_->mutex);
    folders.swap(unused_->folders);
  }
  std::erase_if(folders, delete_folder);
  const std::lock_guard lock(unused_->mutex);
  unused_->folders.insert(unused_->folders.end(), folders.begin(), folders.end());
}

}  // namespace plugbroker::win
