#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# make_packages.sh STAGE SBOM_FOLDER OUTPUT [SIGNING_OPTIONS]: makes in OUTPUT, anew, what is shipped of the staged product:
#   product/                       its files, with share/sbom.spdx.json
#   PlugBroker-VERSION-x64.msi     the Windows Installer package
#   PlugBroker-VERSION-x64.zip     the same files
#   PlugBroker-VERSION.spdx.json   what is in them
#   SHA256SUMS
# The samples that the stage may hold too (workers/, clients/) are not shipped. SBOM_FOLDER is sbom/ of the build folder.
# With SIGNING_OPTIONS, a file for sign.sh, the programs, the DLL and the package are signed.
set -eu
export PYTHONDONTWRITEBYTECODE=1
packaging=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
stage=$1
sbom_folder=$2
output=$3
signing_options=${4:-}

version=$(sed -n -E 's/^project\(PlugBroker VERSION ([0-9.]+).*/\1/p' "$packaging/../CMakeLists.txt")
[ -n "$version" ] || { echo "make_packages.sh: CMakeLists.txt has no project(PlugBroker VERSION ...)" >&2; exit 1; }
# One time for everything that has to name one: when the change was committed that the packages are made of.
epoch=${SOURCE_DATE_EPOCH:-$(git -C "$packaging" log -1 --format=%ct 2>/dev/null || stat -c %Y "$packaging/../CMakeLists.txt")}

sign() {
  [ -z "$signing_options" ] || "$packaging/sign.sh" "$signing_options" "$@"
}

rm -rf "$output"
mkdir -p "$output/product"
for folder in bin include lib share; do
  cp -r "$stage/$folder" "$output/product/$folder"
done
product=$output/product
sign "$product"/bin/*.exe "$product"/bin/*.dll

# After signing, because it has the files' checksums.
python3 "$packaging/sbom.py" "$product" "$version" "$epoch" "$sbom_folder"
cp "$product/share/sbom.spdx.json" "$output/PlugBroker-$version.spdx.json"

"$packaging/make_msi.sh" "$product" "$version" "$output/PlugBroker-$version-x64.msi"
sign "$output/PlugBroker-$version-x64.msi"
python3 "$packaging/zip_tree.py" "$product" "PlugBroker-$version" "$epoch" "$output/PlugBroker-$version-x64.zip"
(cd "$output" && sha256sum PlugBroker-* >SHA256SUMS)
