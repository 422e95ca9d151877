// SPDX-License-Identifier: Apache-2.0
// A target has to have a source; this one is there for tests/precompiled.h.
