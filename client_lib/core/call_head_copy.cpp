// SPDX-License-Identifier: Apache-2.0
#include "client_lib/core/call_head_copy.h"

#include <algorithm>

namespace plugbroker::client {

CallHeadCopy::CallHeadCopy(const CallHead& head) {
  const std::array<std::string_view, 4> texts{head.route, head.content_type, head.idempotency_key, head.tracestate};
  std::size_t total = 0;
  for (const std::string_view text : texts) total += text.size();
  texts_.reserve(total);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    texts_ += texts[i];
    lengths_[i] = texts[i].size();
  }
  has_traceparent_ = head.traceparent.size() == traceparent_.size();
  if (has_traceparent_) std::copy(head.traceparent.begin(), head.traceparent.end(), traceparent_.begin());
  if (!head.app_metadata.empty()) metadata_.assign(head.app_metadata);
}

CallHead CallHeadCopy::head() const noexcept {
  CallHead head;
  std::string_view rest = texts_;
  const auto next = [&rest](std::size_t length) {
    const std::string_view text = rest.substr(0, length);
    rest.remove_prefix(length);
    return text;
  };
  head.route = next(lengths_[0]);
  head.content_type = next(lengths_[1]);
  head.idempotency_key = next(lengths_[2]);
  head.tracestate = next(lengths_[3]);
  if (has_traceparent_) head.traceparent = traceparent_;
  head.app_metadata = metadata_.view();
  return head;
}

}  // namespace plugbroker::client
