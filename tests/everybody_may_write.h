// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <windows.h>
// Needs windows.h before it.
#include <sddl.h>

#include <filesystem>
#include <stdexcept>

namespace plugbroker::test {

/// Gives everybody every right on a file or folder that exists. Not by the way it is made: Wine makes files and folders
/// under the mask of Unix.
inline void let_everybody_write(const std::filesystem::path& path) {
  PSECURITY_DESCRIPTOR descriptor = nullptr;
  if (!ConvertStringSecurityDescriptorToSecurityDescriptorW(L"D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;WD)", SDDL_REVISION_1,
                                                            &descriptor, nullptr)) {
    throw std::runtime_error("ConvertStringSecurityDescriptorToSecurityDescriptorW");
  }
  const BOOL done = SetFileSecurityW(path.c_str(), DACL_SECURITY_INFORMATION, descriptor);
  LocalFree(descriptor);
  if (!done) throw std::runtime_error("the rights of " + path.string() + " can't be set");
}

}  // namespace plugbroker::test
