// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <windows.h>

#include <memory>
#include <string>

#include "broker_core/base/result.h"
#include "installer/state_wait.h"

namespace plugbroker::installer {

struct CloseScmHandle {
  void operator()(SC_HANDLE handle) const noexcept { CloseServiceHandle(handle); }
};
using ScmHandle = std::unique_ptr<std::remove_pointer_t<SC_HANDLE>, CloseScmHandle>;

/// What the SCM is to hold of the service.
struct ServiceRegistration {
  std::wstring name;
  std::wstring display_name;
  std::wstring command_line;
  std::wstring account;
};

/// One service of the SCM's database. Errors: not_found when there is none of that name, permission_denied when this
/// process may not.
class ScmServiceEntry {
 public:
  [[nodiscard]] static Result<ScmServiceEntry> open(const std::wstring& name, DWORD access);

  /// Creates it, or changes the one that exists to be the same. Starts automatically.
  [[nodiscard]] static Result<ScmServiceEntry> create_or_change(const ServiceRegistration& registration);

  /// The command line as the SCM gives it back.
  [[nodiscard]] Result<std::wstring> command_line() const;

  [[nodiscard]] Result<ServiceObservation> observe() const;

  /// Ok too when it runs, or is on its way, already.
  [[nodiscard]] Status start() const;
  /// Ok too when it has stopped, or is on its way, already.
  [[nodiscard]] Status stop() const;
  [[nodiscard]] Status remove() const;

  [[nodiscard]] SC_HANDLE get() const { return handle_.get(); }

 private:
  ScmServiceEntry(ScmHandle handle, std::wstring name) : handle_(std::move(handle)), name_(std::move(name)) {}

  ScmHandle handle_;
  std::wstring name_;
};

}  // namespace plugbroker::installer
