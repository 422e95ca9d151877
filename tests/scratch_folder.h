// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <random>
#include <stdexcept>
#include <string>
#include <system_error>

namespace plugbroker::test {

/// A new, empty folder for one test. ctest runs many tests side by side, the same one of several builds among them, so
/// no two may share a folder: the name is drawn, and making the folder is what claims it. Removed by the destructor.
class ScratchFolder {
 public:
  /// Throws std::runtime_error when the temporary folder of this user takes no new one.
  ScratchFolder() {
    std::random_device draw;
    const std::filesystem::path parent = std::filesystem::temp_directory_path();
    for (int attempt = 0; attempt < 100; ++attempt) {
      std::error_code error;
      path_ = parent / ("plugbroker-scratch-" + std::to_string(draw()));
      if (std::filesystem::create_directory(path_, error)) return;
    }
    throw std::runtime_error("no new folder can be made in " + parent.string());
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace plugbroker::test
