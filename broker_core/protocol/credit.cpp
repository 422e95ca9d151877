// SPDX-License-Identifier: Apache-2.0
#include "broker_core/protocol/credit.h"

#include <algorithm>

namespace plugbroker::protocol {

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
