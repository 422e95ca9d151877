// SPDX-License-Identifier: Apache-2.0
#include "broker_core/runtime/worker_token.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace plugbroker::runtime {
namespace {

std::string allow_everything(std::string_view sid) {
  return "(A;;GA;;;" + std::string(sid) + ")";
}

std::vector<std::string> sorted(std::vector<std::string> texts) {
  std::ranges::sort(texts);
  return texts;
}

std::string restricting_shortfall(const TokenRequest& asked, const TokenFacts& found) {
  if (asked.restricting.empty()) return {};
  if (!found.restricting_sids) return "the system does not say which SIDs restrict it";
  if (sorted(*found.restricting_sids) == sorted(asked.restricting)) return {};
  const std::string there = found.restricting_sids->empty() ? "no SID" : joined(*found.restricting_sids);
  return "it is restricted by " + there + ", not by " + joined(asked.restricting);
}

}  // namespace

TokenRequest token_request(TokenKind kind, const TokenFacts& own, std::string_view pool_sid) {
  TokenRequest request;
  request.kind = kind;
  if (kind == TokenKind::inherit) return request;
  request.deny_only.emplace_back(administrators_sid);
  request.integrity = std::min(own.integrity, medium_integrity);
  request.default_dacl = "D:" + allow_everything("SY") + allow_everything(own.user);
  if (kind == TokenKind::restricted) return request;
  request.restricting.emplace_back(pool_sid);
  if (!own.logon_sid.empty()) request.restricting.push_back(own.logon_sid);
  request.restricting.emplace_back(everyone_sid);
  request.restricting.emplace_back(write_restricted_sid);
  // Without it the worker could not write to what it has made itself.
  request.default_dacl += allow_everything(pool_sid);
  return request;
}

std::vector<std::string> token_shortfalls(const TokenRequest& asked, const TokenFacts& found) {
  std::vector<std::string> shortfalls;
  if (asked.kind == TokenKind::inherit) return shortfalls;
  if (const auto left = privileges_beside_the_kept_one(found.privileges); !left.empty()) {
    shortfalls.push_back("it holds " + joined(left));
  }
  if (found.administrators_allow) shortfalls.emplace_back("the group Administrators still allows");
  if (found.integrity > asked.integrity) {
    shortfalls.push_back("its integrity is " + integrity_text(found.integrity) + ", not " +
                         integrity_text(asked.integrity));
  }
  if (std::string text = restricting_shortfall(asked, found); !text.empty()) shortfalls.push_back(std::move(text));
  return shortfalls;
}

std::vector<std::string> privileges_beside_the_kept_one(const std::vector<std::string>& held) {
  std::vector<std::string> others;
  std::ranges::copy_if(held, std::back_inserter(others), [](const std::string& name) { return name != kept_privilege; });
  return others;
}

std::string integrity_text(std::uint32_t level) {
  constexpr std::array<std::pair<std::uint32_t, std::string_view>, 5> names{
      {{0x0000, "untrusted"}, {0x1000, "low"}, {0x2000, "medium"}, {0x3000, "high"}, {0x4000, "system"}}};
  for (const auto& [value, name] : names) {
    if (value == level) return std::string(name);
  }
  std::array<char, 16> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), level, 16).ptr;
  return "level 0x" + std::string(digits.data(), end);
}

std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : ", ") + text;
  return all;
}

}  // namespace plugbroker::runtime
