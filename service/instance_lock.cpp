// SPDX-License-Identifier: Apache-2.0
#include "service/instance_lock.h"

#include <string>
#include <utility>

#include "broker_core/win/utf16.h"
#include "service/data_folders.h"

namespace plugbroker::service {

Result<InstanceLock> InstanceLock::acquire(const std::vector<std::string>& pipes, RunMode mode) {
  const Result<std::filesystem::path> folder = usable_lock_folder(mode == RunMode::console);
  if (!folder) return folder.status();
  std::vector<win::LockFile> files;
  for (const std::string& pipe : pipes) {
    Result<win::LockFile> file = win::LockFile::acquire((*folder / win::lock_file_name(win::to_utf16(pipe))).native());
    if (!file) return file.status();
    files.push_back(std::move(*file));
  }
  return InstanceLock{std::move(files)};
}

}  // namespace plugbroker::service
