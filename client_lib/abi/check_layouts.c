/* SPDX-License-Identifier: Apache-2.0 */
/* Does not compile unless plugbroker.h has the sizes, offsets and values of abi/layouts.txt, from which
 * frozen_abi.cmake makes abi_expectations.h. */
#include "plugbroker/plugbroker.h"

#define PLUGBROKER_EXPECT_CONSTANT(name, value) _Static_assert((name) == (value), "the ABI changed: " #name);
#define PLUGBROKER_EXPECT_STRUCT(type, size) _Static_assert(sizeof(type) == (size), "the ABI changed: size of " #type);
#define PLUGBROKER_EXPECT_MEMBER(type, member, offset, size)                                           \
  _Static_assert(offsetof(type, member) == (offset), "the ABI changed: offset of " #type "." #member); \
  _Static_assert(sizeof(((type *)NULL)->member) == (size), "the ABI changed: size of " #type "." #member);

#include "abi_expectations.h"
