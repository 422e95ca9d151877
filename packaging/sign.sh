#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# sign.sh OPTIONS_FILE FILE...: gives each file (exe, dll, msi) an Authenticode signature, SHA-256, in place. Needs osslsigncode.
#
# OPTIONS_FILE names the key as osslsigncode's own options, one word a line, `#` begins a comment. For example
#   -certs                              -pkcs11module                  with a time stamp:
#   /secret/certificate.pem             /usr/lib/opensc-pkcs11.so      -ts
#   -key                                -pkcs11cert                    http://timestamp.example
#   /secret/key.pem                     pkcs11:token=...
# A password stands in a file of its own (-readpass), never in this one. A file that is signed already is an error.
set -eu
options_file=$1
shift
mapfile -t options < <(grep -v -E '^[[:space:]]*(#|$)' "$options_file")
[ "${#options[@]}" -gt 0 ] || { echo "sign.sh: $options_file has no options" >&2; exit 2; }
[ "$#" -gt 0 ] || { echo "sign.sh: no file to sign" >&2; exit 2; }

for file in "$@"; do
  if osslsigncode extract-signature -in "$file" -out "$file.old-signature" >/dev/null 2>&1; then
    rm -f "$file.old-signature"
    echo "sign.sh: $file is signed already" >&2
    exit 1
  fi
  rm -f "$file.old-signature" "$file.signed"
  osslsigncode sign "${options[@]}" -h sha256 -n PlugBroker -in "$file" -out "$file.signed" ||
    { rm -f "$file.signed"; echo "sign.sh: $file could not be signed" >&2; exit 1; }
  mv "$file.signed" "$file"
done
