// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What a worker may be, apart from the system that makes it so: what is asked for, and what is missing from what came.
/// SIDs are texts, "S-1-…"; privileges have their names.
namespace plugbroker::runtime {

enum class TokenKind : std::uint8_t {
  restricted,  ///< No privilege but SeChangeNotify, Administrators only for denying, medium integrity at most.
  sandbox,     ///< The same, and it may only write where its pool's SID may.
  inherit,     ///< The service's own.
};

/// What becomes of a worker whose token is not what was asked for.
enum class TokenCheck : std::uint8_t {
  strict,  ///< It is not started.
  report,  ///< It is started; the log and the status say what is missing.
};

inline constexpr std::uint32_t medium_integrity = 0x2000;  ///< SECURITY_MANDATORY_MEDIUM_RID.
inline constexpr std::size_t max_kept_shortfalls = 1024;  ///< Of all pools together, for the status.
inline constexpr std::string_view kept_privilege = "SeChangeNotifyPrivilege";
inline constexpr std::string_view administrators_sid = "S-1-5-32-544";
inline constexpr std::string_view everyone_sid = "S-1-1-0";
inline constexpr std::string_view write_restricted_sid = "S-1-5-33";

/// What a token says of itself.
struct TokenFacts {
  std::string user;
  std::string logon_sid;                ///< Empty: it has none.
  std::vector<std::string> privileges;  ///< Held, whether switched on or not.
  bool administrators_allow = false;    ///< Administrators is one of its groups, and not for denying only.
  std::uint32_t integrity = 0;
  std::optional<std::vector<std::string>> restricting_sids;  ///< None: the system doesn't say.
};

/// What is asked of the system. Nothing of it for TokenKind::inherit.
struct TokenRequest {
  TokenKind kind = TokenKind::restricted;
  std::vector<std::string> deny_only;
  std::vector<std::string> restricting;  ///< For writing only. Empty: not restricted so.
  std::uint32_t integrity = medium_integrity;
  std::string default_dacl;  ///< Of what the worker makes, as SDDL.

  bool operator==(const TokenRequest&) const = default;
};

/// `own` is the service's token, which the worker's is made of; `pool_sid` is used by TokenKind::sandbox alone.
[[nodiscard]] TokenRequest token_request(TokenKind kind, const TokenFacts& own, std::string_view pool_sid);

/// What `found` has that it must not, or lacks, a sentence each; empty when it is as it was asked for.
[[nodiscard]] std::vector<std::string> token_shortfalls(const TokenRequest& asked, const TokenFacts& found);

/// Those of `held` that are not to be kept.
[[nodiscard]] std::vector<std::string> privileges_beside_the_kept_one(const std::vector<std::string>& held);

/// "high", or "level 0x2100".
[[nodiscard]] std::string integrity_text(std::uint32_t level);

/// "a, b".
[[nodiscard]] std::string joined(const std::vector<std::string>& texts);

}  // namespace plugbroker::runtime
