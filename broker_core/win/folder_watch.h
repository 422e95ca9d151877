// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <windows.h>

#include <array>
#include <functional>
#include <string>

#include "broker_core/base/status.h"
#include "broker_core/win/completion_port.h"
#include "broker_core/win/unique_handle.h"

namespace plugbroker::win {

/// Tells that something in a folder, or below it, was written, made, renamed or deleted. Belongs to the thread that
/// serves `port`.
class FolderWatch {
 public:
  /// `on_change` may come once for many changes. Nothing is watched before the first open().
  FolderWatch(std::wstring folder, HANDLE port, std::function<void()> on_change)
      : folder_(std::move(folder)), port_(port), on_change_(std::move(on_change)) {}
  /// Only when idle().
  ~FolderWatch();
  FolderWatch(const FolderWatch&) = delete;
  FolderWatch& operator=(const FolderWatch&) = delete;

  /// Begins to watch, unless it does. After a failure, and when the folder has gone away, it is not watched until the
  /// next open().
  [[nodiscard]] Status open();
  [[nodiscard]] bool is_open() const { return static_cast<bool>(handle_); }

  /// Ends it; idle() follows when the port has been served.
  void cancel();
  /// Nothing is outstanding.
  [[nodiscard]] bool idle() const { return !outstanding_; }

 private:
  class Operation final : public PortOperation {
   public:
    explicit Operation(FolderWatch& watch) : watch_(watch) {}
    void completed(DWORD error, DWORD) override { watch_.completed(error); }
    [[nodiscard]] HANDLE file() const override { return watch_.handle_.get(); }

   private:
    FolderWatch& watch_;
  };

  [[nodiscard]] Status read();
  void completed(DWORD error);

  std::wstring folder_;
  HANDLE port_;
  std::function<void()> on_change_;
  UniqueHandle handle_;
  Operation operation_{*this};
  alignas(
      DWORD) std::array<std::byte, 16 * 1024> buffer_{};  ///< What changed is not looked at; too many are a change too.
  bool outstanding_ = false;
  bool cancelled_ = false;
};

}  // namespace plugbroker::win
