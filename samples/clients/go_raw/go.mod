// SPDX-License-Identifier: Apache-2.0
module plugbroker.example/go_raw

go 1.19
