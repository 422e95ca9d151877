// SPDX-License-Identifier: Apache-2.0
#include "client_lib/core/trusted_owners.h"

#include <gtest/gtest.h>

#include "client_lib/core/sha1.h"

namespace plugbroker::client {
namespace {

std::string hex(const Sha1Digest& digest) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const std::byte byte : digest) {
    text += digits[std::to_integer<std::size_t>(byte) >> 4];
    text += digits[std::to_integer<std::size_t>(byte) & 15u];
  }
  return text;
}

TEST(Sha1, GivesThePublishedDigests) {
  EXPECT_EQ(hex(sha1({})), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
  EXPECT_EQ(hex(sha1(as_byte_view("abc"))), "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_EQ(hex(sha1(as_byte_view("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"))),
            "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
}

TEST(ServiceSid, IsWindowsOwnForAServiceThatEveryWindowsHas) {
  EXPECT_EQ(*service_sid("TrustedInstaller"), "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464");
}

TEST(ServiceSid, DoesNotDependOnCapitals) {
  EXPECT_EQ(*service_sid("plugbroker"), *service_sid("PlugBroker"));
}

TEST(ServiceSid, RefusesNamesThatNoServiceHas) {
  EXPECT_FALSE(service_sid("").ok());
  EXPECT_FALSE(service_sid("a/b").ok());
  EXPECT_FALSE(service_sid("a\\b").ok());
  EXPECT_FALSE(service_sid(std::string(257, 'x')).ok());
  EXPECT_FALSE(service_sid("Pl\xC3\xBCg").ok());
}

TEST(TrustedOwners, TakesSidsAndTheCurrentUser) {
  const auto owners = parse_trusted_owners(" S-1-5-21-1-2-3-1001; current_user ;;");

  ASSERT_TRUE(owners.ok());
  EXPECT_EQ(*owners, (std::vector<std::string>{"S-1-5-21-1-2-3-1001", "current_user"}));
}

TEST(TrustedOwners, IsEmptyByDefault) {
  EXPECT_TRUE(parse_trusted_owners("")->empty());
}

TEST(TrustedOwners, RefusesWhatIsNoSid) {
  EXPECT_FALSE(parse_trusted_owners("Administrator").ok());
  EXPECT_FALSE(parse_trusted_owners("*").ok());
  EXPECT_FALSE(parse_trusted_owners("S-1-").ok());
  EXPECT_FALSE(parse_trusted_owners("S-1-5-").ok());
  EXPECT_FALSE(parse_trusted_owners("S-1-5-18,S-1-5-19").ok());
}

TEST(TrustedOwners, RefusesMoreThanSixteen) {
  std::string list;
  for (int i = 0; i < 17; ++i) list += "S-1-5-18;";

  EXPECT_FALSE(parse_trusted_owners(list).ok());
}

}  // namespace
}  // namespace plugbroker::client
