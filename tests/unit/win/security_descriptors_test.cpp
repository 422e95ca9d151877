// SPDX-License-Identifier: Apache-2.0
#include "broker_core/win/security_descriptors.h"

#include <gtest/gtest.h>
#include <windows.h>
// These need windows.h before them.
#include <aclapi.h>
#include <sddl.h>

#include <string>

#include "broker_core/win/service_sid.h"
#include "broker_core/win/utf16.h"
#include "tests/unit/win/transport_bench.h"

namespace plugbroker::win {
namespace {

constexpr const char* owner = "S-1-5-80-1-2-3-4-5";

/// The parts of a descriptor as the system writes them.
std::string text_of(PSECURITY_DESCRIPTOR descriptor, SECURITY_INFORMATION parts) {
  wchar_t* text = nullptr;
  if (!ConvertSecurityDescriptorToStringSecurityDescriptorW(descriptor, SDDL_REVISION_1, parts, &text, nullptr)) {
    return "error " + std::to_string(GetLastError());
  }
  std::string converted = to_utf8(text);
  LocalFree(text);
  return converted;
}

TEST(PipeSecurity, OfThePublicPipeAdmitsAuthenticatedUsersWithoutTheRightToAddInstances) {
  EXPECT_EQ(public_pipe_security(owner).sddl(),
            "O:S-1-5-80-1-2-3-4-5D:P(A;;0x12019b;;;AU)(A;;0x12019f;;;S-1-5-80-1-2-3-4-5)S:(ML;;NW;;;ME)");
}

TEST(PipeSecurity, OfTheAdminPipeAdmitsSystemAndAdministratorsOnly) {
  EXPECT_EQ(admin_pipe_security(owner, Label::high).sddl(),
            "O:S-1-5-80-1-2-3-4-5D:P(A;;0x12019b;;;SY)(A;;0x12019b;;;BA)(A;;0x12019f;;;S-1-5-80-1-2-3-4-5)"
            "S:(ML;;NWNR;;;HI)");
  EXPECT_EQ(admin_pipe_security(owner, Label::medium).label, "S:(ML;;NWNR;;;ME)");
}

TEST(PipeSecurity, OfAChannelAdmitsItsOwnerOnly) {
  EXPECT_EQ(channel_security(owner, Label::high).dacl, "D:P(A;;0x12019f;;;S-1-5-80-1-2-3-4-5)");
}

TEST(PipeSecurity, IsBuiltWithOwnerDaclAndLabel) {
  const auto choices = security_choices(public_pipe_security(owner));
  ASSERT_TRUE(choices.ok()) << choices.status().message;
  PSECURITY_DESCRIPTOR descriptor = choices->front().descriptor.get();

  EXPECT_EQ(text_of(descriptor, OWNER_SECURITY_INFORMATION), "O:S-1-5-80-1-2-3-4-5");
  EXPECT_EQ(text_of(descriptor, DACL_SECURITY_INFORMATION), "D:P(A;;0x12019b;;;AU)(A;;0x12019f;;;S-1-5-80-1-2-3-4-5)");
  BOOL present = FALSE;
  BOOL defaulted = FALSE;
  PACL labels = nullptr;
  ASSERT_TRUE(GetSecurityDescriptorSacl(descriptor, &present, &labels, &defaulted));
  ASSERT_TRUE(present);
  EXPECT_EQ(labels->AceCount, 1);
  EXPECT_TRUE(choices->front().left_out.empty());
}

TEST(PipeSecurity, LeavesLabelThenOwnerThenBothOutAndSaysSo) {
  const auto choices = security_choices(public_pipe_security(owner));
  ASSERT_TRUE(choices.ok());
  ASSERT_EQ(choices->size(), 4u);

  EXPECT_EQ((*choices)[1].left_out, std::vector<std::string>{"mandatory label"});
  EXPECT_EQ((*choices)[2].left_out, std::vector<std::string>{"owner"});
  EXPECT_EQ((*choices)[3].left_out.size(), 2u);
  for (const SecurityChoice& choice : *choices) {
    EXPECT_EQ(text_of(choice.descriptor.get(), DACL_SECURITY_INFORMATION),
              "D:P(A;;0x12019b;;;AU)(A;;0x12019f;;;S-1-5-80-1-2-3-4-5)");
  }
}

TEST(PipeSecurity, TriesTheNextChoiceOnlyWhenTheSystemRefusesLabelOrOwner) {
  EXPECT_TRUE(is_refused_security(ERROR_PRIVILEGE_NOT_HELD));
  EXPECT_TRUE(is_refused_security(ERROR_INVALID_OWNER));
  EXPECT_FALSE(is_refused_security(ERROR_ACCESS_DENIED));
}

TEST(SecurityDescriptor, NamesTextThatItCannotParse) {
  const auto parsed = SecurityDescriptor::parse("D:P(nonsense");

  ASSERT_FALSE(parsed.ok());
  EXPECT_NE(parsed.status().message.find("D:P(nonsense"), std::string::npos);
}

using PipeSecurityTest = test::TransportBench;

TEST_F(PipeSecurityTest, StandsOnThePipeAsAClientSeesIt) {
  test::PipeClient client(name_);
  (void)accept(client);
  PSECURITY_DESCRIPTOR descriptor = nullptr;
  const DWORD error =
      GetSecurityInfo(client.handle(), SE_KERNEL_OBJECT, OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION,
                      nullptr, nullptr, nullptr, nullptr, &descriptor);
  ASSERT_EQ(error, DWORD{ERROR_SUCCESS});
  const std::string self = *own_user_sid();

  EXPECT_EQ(text_of(descriptor, OWNER_SECURITY_INFORMATION), "O:" + self);
  EXPECT_EQ(text_of(descriptor, DACL_SECURITY_INFORMATION), "D:P(A;;0x12019b;;;AU)(A;;0x12019f;;;" + self + ")");
  LocalFree(descriptor);
}

TEST_F(PipeSecurityTest, PutsTheLabelOnThePipe) {
  if (test::runs_under_wine()) GTEST_SKIP() << "Wine: a pipe's label is dropped";
  test::PipeClient client(name_);
  (void)accept(client);
  PSECURITY_DESCRIPTOR descriptor = nullptr;
  const DWORD error = GetSecurityInfo(client.handle(), SE_KERNEL_OBJECT, LABEL_SECURITY_INFORMATION, nullptr, nullptr,
                                      nullptr, nullptr, &descriptor);
  ASSERT_EQ(error, DWORD{ERROR_SUCCESS});

  EXPECT_EQ(text_of(descriptor, LABEL_SECURITY_INFORMATION), "S:(ML;;NW;;;ME)");
  LocalFree(descriptor);
}

TEST_F(PipeSecurityTest, NothingIsLeftOutForTheOwnUser) {
  EXPECT_TRUE(transport_->security_left_out().empty());
}

TEST(ServiceSid, IsThatOfAServiceWhoseSidIsKnown) {
  EXPECT_EQ(*service_sid("TrustedInstaller"), "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464");
}

TEST(ServiceSid, DoesNotDependOnCase) {
  EXPECT_EQ(*service_sid("PlugBroker"), *service_sid("PLUGBROKER"));
}

}  // namespace
}  // namespace plugbroker::win
