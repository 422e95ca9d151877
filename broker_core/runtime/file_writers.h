// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

/// Who may change a file or a folder, told from its access list alone. Pure; SIDs are texts, "S-1-…".
namespace plugbroker::runtime {

enum class AccessKind : std::uint8_t {
  allow,
  deny,
  audit,  ///< Says nothing of who may do what.
  other,  ///< One that is not understood; counts as allowing everything.
};

/// One entry of an access list, in the list's order.
struct AccessEntry {
  AccessKind kind = AccessKind::allow;
  bool inherit_only = false;  ///< For what is made below; not for the object itself.
  std::uint32_t mask = 0;
  std::string sid;
};

struct FileSecurity {
  std::string owner;
  bool has_list = true;  ///< Without one everybody may do everything.
  std::vector<AccessEntry> entries;
};

/// In what place an object stands towards what is protected.
enum class FilePlace : std::uint8_t {
  file,      ///< It is the file.
  folder,    ///< The file is in it: who may add, delete or rename files here can put another one in its place.
  ancestor,  ///< It leads there: who may rename or delete it, or what it holds, can put another folder in its place.
};

/// Who may change the object so that another file counts, beside `trusted`; no SID twice. "S-1-1-0" stands for everybody
/// when there is no list.
///
/// The owner is one of them, since an owner can always give himself rights. Denials are credited to the same SID only, or
/// when they are for everybody: who is in which group is not known here, so the answer is rather too long than too
/// short. Rights of CREATOR OWNER (S-1-3-0) and OWNER RIGHTS (S-1-3-4) are those of the owner.
[[nodiscard]] std::vector<std::string> writers_beside(const std::vector<std::string>& trusted,
                                                      const FileSecurity& security, FilePlace place);

}  // namespace plugbroker::runtime
