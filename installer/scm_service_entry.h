// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <windows.h>

#include <memory>
#include <optional>
#include <string>

#include "broker_core/base/result.h"
#include "installer/plan/service_settings.h"
#include "installer/state_wait.h"

namespace plugbroker::installer {

struct CloseScmHandle {
  void operator()(SC_HANDLE handle) const noexcept { CloseServiceHandle(handle); }
};
using ScmHandle = std::unique_ptr<std::remove_pointer_t<SC_HANDLE>, CloseScmHandle>;

/// One service of the SCM's database. Errors: not_found when there is none of that name, permission_denied when this
/// process may not.
class ScmServiceEntry {
 public:
  [[nodiscard]] static Result<ScmServiceEntry> open(const std::wstring& name, DWORD access);

  /// Creates it, or changes the one that exists to be the same: what Setting::registration stands for. Without a
  /// password the account's stays as it is.
  [[nodiscard]] static Result<ScmServiceEntry> create_or_change(const std::wstring& name,
                                                                const ServiceSettings& settings,
                                                                const std::optional<std::wstring>& password);

  /// What the SCM gives back of Setting::registration. A start is never `delayed` here.
  [[nodiscard]] Status read_registration(ServiceSettings& settings) const;

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

/// How many other services are registered whose command line names `program` (without its folder), by name, at most 16.
/// A service that this process may not look at is not counted.
[[nodiscard]] Result<std::vector<std::string>> other_services_of(const std::wstring& program,
                                                                 const std::wstring& service_name);

}  // namespace plugbroker::installer
