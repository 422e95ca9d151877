// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "broker_core/base/limits.h"
#include "broker_core/base/result.h"

namespace plugbroker::win {

/// What one copy may take.
struct CopyBounds {
  std::uint64_t bytes = limits::max_shadow_copy_bytes;
  std::uint32_t entries = limits::max_shadow_copy_entries;
};

/// Copies of programs' folders, `<root>\<pool>-<number>`, so that what a worker runs from can be overwritten. From any
/// thread; only make() and delete_unused() touch the disk.
class ShadowCopies {
 public:
  /// One copy. It counts as unused when its last owner lets go.
  using Copy = std::shared_ptr<const std::filesystem::path>;

  /// `root` is this process's alone; what an earlier one left there is deleted. Makes the folder if need be.
  [[nodiscard]] static Result<std::unique_ptr<ShadowCopies>> open(std::filesystem::path root, CopyBounds bounds = {});

  /// Copies may outlive this; they are then left on the disk for the next open().
  ~ShadowCopies();
  ShadowCopies(const ShadowCopies&) = delete;
  ShadowCopies& operator=(const ShadowCopies&) = delete;

  /// Copies what is in `folder`, and below it; what is a link there is left out. On a failure, which names the file or
  /// the bound, nothing is left.
  [[nodiscard]] Result<Copy> make(const std::filesystem::path& folder, const std::string& pool);

  /// Deletes the copies that nobody uses any more; one that can't be deleted yet is tried again next time.
  void delete_unused();

 private:
  /// Outlives the store while copies do.
  struct Unused {
    std::mutex mutex;
    std::vector<std::filesystem::path> folders;  ///< Guarded by mutex; bounded by limits::max_old_shadow_copies.
  };

  ShadowCopies(std::filesystem::path root, CopyBounds bounds);

  const std::filesystem::path root_;
  const CopyBounds bounds_;
  const std::shared_ptr<Unused> unused_;
  std::mutex mutex_;
  std::uint64_t last_number_ = 0;  ///< Guarded by mutex_.
};

}  // namespace plugbroker::win
