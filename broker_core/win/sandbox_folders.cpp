// SPDX-License-Identifier: Apache-2.0
#include "broker_core/win/sandbox_folders.h"

#include <windows.h>

#include <vector>

#include "broker_core/runtime/worker_token.h"
#include "broker_core/win/folder_rights.h"
#include "broker_core/win/path_trust.h"
#include "broker_core/win/utf16.h"

namespace plugbroker::win {
namespace {

Status make_folder_itself(const std::filesystem::path& folder, const std::string& rights) {
  if (Status status = make_folder_with_rights(folder, rights); !status.ok()) return status;
  const DWORD attributes = GetFileAttributesW(folder.c_str());
  if (attributes != INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_REPARSE_POINT) == 0) return {};
  return {StatusCode::failed_precondition,
          to_utf8(folder.native()) + " is a link; a sandbox has a folder of its own there: remove the link"};
}

// Somebody may have made it before with rights of his own.
Status check_sandbox_writers(const std::filesystem::path& folder, std::string_view user_sid, std::string_view pool_sid) {
  const auto security = file_security(folder);
  if (!security.ok()) return security.status();
  const std::vector<std::string> expected{"S-1-5-18", std::string(runtime::administrators_sid), std::string(user_sid),
                                          std::string(pool_sid)};
  const auto others = writers_beside(expected, *security, runtime::FilePlace::folder);
  if (others.empty()) return {};
  return {StatusCode::failed_precondition, to_utf8(folder.native()) + " is to be a sandbox, but " + others.front() +
                                               " may write there too: delete it, and the service makes it anew"};
}

}  // namespace

std::string sandbox_rights(std::string_view user_sid, std::string_view pool_sid) {
  return folder_rights(user_sid, modify_rights) + "(A;OICI;" + std::string(modify_rights) + ";;;" +
         std::string(pool_sid) + ")";
}

Result<SandboxFolders> make_sandbox_folders(const std::filesystem::path& root, std::string_view pool,
                                            std::string_view user_sid, std::string_view pool_sid) {
  if (root.empty()) return {StatusCode::failed_precondition, "there is no folder for sandboxes"};
  // With something before and behind it no pool's name is another one's folder, "..", or a device.
  const std::filesystem::path own = root / (L"pool-" + to_utf16(pool) + L"-files");
  const SandboxFolders folders{.temporary = own / L"temp", .data = own / L"data"};
  if (Status status = make_folder_itself(root, folder_rights(user_sid, modify_rights)); !status.ok()) return status;
  const std::string rights = sandbox_rights(user_sid, pool_sid);
  for (const std::filesystem::path& folder : {own, folders.temporary, folders.data}) {
    if (Status status = make_folder_itself(folder, rights); !status.ok()) return status;
    if (Status status = check_sandbox_writers(folder, user_sid, pool_sid); !status.ok()) return status;
  }
  return folders;
}

}  // namespace plugbroker::win
