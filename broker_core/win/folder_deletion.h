// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace plugbroker::win {

/// Deletes a folder with all that is in it, read-only files too. Of a link in it, a junction or a symbolic link, only
/// the link goes, whatever it leads to: who wrote into the folder may have fewer rights than who deletes it, and
/// std::filesystem::remove_all of libstdc++ follows links. False when something could not be deleted and stayed; the
/// rest is gone then. A folder that is not there is deleted already.
bool delete_folder(const std::filesystem::path& folder);

}  // namespace plugbroker::win
