// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <windows.h>

namespace plugbroker::win {

/// The first thing in the main() of each of the product's programs; never in a library, since it holds for the whole
/// process and for good. In a header, so that programs that have nothing else of this layer can use it.
///
/// DLLs are taken from the system's folder alone, never from the program's, the current one or PATH; nothing is loaded
/// from another machine or from a file of low integrity; and none of the old ways in which others get their DLLs into
/// every process (AppInit, IMEs, hooks) works. What the system lacks of it is left out: there is nothing to be done
/// about it.
inline void harden_program() noexcept {
  SetDefaultDllDirectories(LOAD_LIBRARY_SEARCH_SYSTEM32);
  SetDllDirectoryW(L"");

  PROCESS_MITIGATION_EXTENSION_POINT_DISABLE_POLICY extension_points{};
  extension_points.DisableExtensionPoints = 1;
  SetProcessMitigationPolicy(ProcessExtensionPointDisablePolicy, &extension_points, sizeof extension_points);

  PROCESS_MITIGATION_IMAGE_LOAD_POLICY images{};
  images.NoRemoteImages = 1;
  images.NoLowMandatoryLabelImages = 1;
  images.PreferSystem32Images = 1;
  SetProcessMitigationPolicy(ProcessImageLoadPolicy, &images, sizeof images);
}

}  // namespace plugbroker::win
