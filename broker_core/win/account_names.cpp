// SPDX-License-Identifier: Apache-2.0
#include "broker_core/win/account_names.h"

#include <windows.h>

#include <array>
#include <utility>

#include "broker_core/win/token_information.h"
#include "broker_core/win/utf16.h"

namespace plugbroker::win {
namespace {

constexpr std::size_t max_names = 1024;

}  // namespace

std::string account_name(const std::string& text) {
  const auto sid = parse_sid(text);
  if (!sid.ok()) return {};
  std::array<wchar_t, 257> name{};
  std::array<wchar_t, 257> domain{};
  auto name_size = static_cast<DWORD>(name.size());
  auto domain_size = static_cast<DWORD>(domain.size());
  SID_NAME_USE kind{};
  const BOOL found = LookupAccountSidW(nullptr, sid->get(), name.data(), &name_size, domain.data(), &domain_size, &kind);
  if (!found) return {};
  const std::string domain_text = to_utf8(domain.data());
  return domain_text.empty() ? to_utf8(name.data()) : domain_text + "\\" + to_utf8(name.data());
}

AccountNames::AccountNames(std::function<void()> on_found)
    : on_found_(std::move(on_found)), thread_([this] { run(); }) {}

AccountNames::~AccountNames() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

std::string AccountNames::find(const std::string& sid) {
  const std::lock_guard lock(mutex_);
  const auto found = names_.find(sid);
  if (found != names_.end()) return found->second;
  // Forgetting all is crude, but who needs more than these has other worries than a name in the log.
  if (names_.size() >= max_names && wanted_.empty() && !looking_up_) names_.clear();
  if (names_.size() < max_names) {
    names_.try_emplace(sid);
    wanted_.push_back(sid);
    changed_.notify_all();
  }
  return {};
}

std::vector<AccountNames::Found> AccountNames::take_found() {
  if (!any_found_.exchange(false)) return {};
  const std::lock_guard lock(mutex_);
  return std::exchange(found_, {});
}

void AccountNames::wait_until_idle() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return wanted_.empty() && !looking_up_; });
}

void AccountNames::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return stopping_ || !wanted_.empty(); });
    if (stopping_) return;
    const std::string sid = wanted_.front();
    wanted_.pop_front();
    looking_up_ = true;
    lock.unlock();
    std::string name = account_name(sid);
    lock.lock();
    if (on_found_ && !name.empty() && found_.size() < max_names) {
      found_.push_back({sid, name});
      any_found_ = true;
      lock.unlock();
      on_found_();
      lock.lock();
    }
    looking_up_ = false;
    names_[sid] = std::move(name);
    changed_.notify_all();
  }
}

}  // namespace plugbroker::win
