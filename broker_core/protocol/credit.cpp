// SPDX-License-Identifier: Apache-2.0
#include "broker_core/protocol/credit.h"

#include <algorithm>

#include "broker_core/base/assert.h"

namespace plugbroker::protocol {

void SendWindow::spend(std::uint32_t charge) noexcept {
  PLUGBROKER_ASSERT(charge <= available_);
  available_ -= charge;
}

bool SendWindow::add(std::uint32_t credit) noexcept {
  if (credit > limits::max_window_bytes || available_ > limits::max_window_bytes - credit) return false;
  available_ += credit;
  return true;
}

bool ReceiveWindow::receive(std::uint32_t charge) noexcept {
  if (charge > granted_) return false;
  granted_ -= charge;
  used_ += charge;
  return true;
}

std::uint32_t ReceiveWindow::release(std::uint32_t charge) noexcept {
  PLUGBROKER_ASSERT(charge <= size_ - granted_ - due_);
  due_ += charge;
  if (due_ < size_ - due_) return 0;
  const std::uint32_t credit = due_;
  granted_ += credit;
  due_ = 0;
  return credit;
}

std::uint32_t ReceiveWindow::release(std::uint32_t charge, WindowGrowth& growth) noexcept {
  const std::uint32_t returned = release(charge);
  return returned == 0 ? 0 : returned + grow(growth);
}

std::uint32_t ReceiveWindow::grow(WindowGrowth& growth) noexcept {
  const bool all_passed_on = granted_ + due_ == size_;
  if (!all_passed_on || used_ < size_ || size_ >= growth.largest_window()) return 0;
  const std::uint32_t more = growth.take(std::min(size_, growth.largest_window() - size_));
  size_ += more;
  granted_ += more;
  used_ = 0;
  return more;
}

std::uint32_t WindowGrowth::take(std::uint32_t wanted) noexcept {
  const auto taken = static_cast<std::uint32_t>(std::min<std::uint64_t>(wanted, left_));
  left_ -= taken;
  return taken;
}

}  // namespace plugbroker::protocol
