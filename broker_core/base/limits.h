// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "broker_core/base/time.h"

/// Every fixed bound of the product, in one place. What an administrator can change is in config/schema_table.
namespace plugbroker::limits {

using namespace std::chrono_literals;

// The wire (docs/PROTOCOL.md, "Limits").
inline constexpr std::size_t frame_header_bytes = 32;
inline constexpr std::size_t max_chunk_bytes = 64 * 1024;      ///< Payload of one REQUEST or DATA frame.
inline constexpr std::size_t min_chunk_bytes = 4 * 1024;       ///< The smallest max_chunk a peer may offer.
inline constexpr std::size_t max_meta_bytes = 8 * 1024;        ///< Metadata of any frame.
inline constexpr std::size_t max_hello_meta_bytes = 4 * 1024;  ///< Metadata of HELLO and HELLO_ACK.
inline constexpr std::size_t max_frame_bytes = frame_header_bytes + max_meta_bytes + max_chunk_bytes;
inline constexpr std::size_t max_route_bytes = 255;
inline constexpr std::size_t max_content_type_bytes = 255;
inline constexpr std::size_t max_message_bytes = 1024;  ///< The sentence in an END, GOAWAY or HELLO_ACK.
inline constexpr std::size_t max_idempotency_key_bytes = 64;
inline constexpr std::size_t max_tracestate_bytes = 512;
inline constexpr std::size_t max_metadata_key_bytes = 64;
inline constexpr std::size_t max_metadata_value_bytes = 1024;
inline constexpr std::uint16_t max_metadata_pairs = 32;   ///< Of the application, in one REQUEST or END.
inline constexpr std::size_t max_metadata_bytes = 4096;   ///< Their keys and values together.
inline constexpr std::size_t max_caller_sid_bytes = 184;  ///< The longest SID as text.
inline constexpr std::size_t max_caller_account_bytes = 512;
inline constexpr std::size_t max_detail_bytes = 2048;     ///< What a worker tells the caller's program of a failure.
inline constexpr std::size_t max_library_name_bytes = 64;
inline constexpr std::size_t max_library_version_bytes = 32;
inline constexpr std::size_t max_routes_per_worker = 256;
inline constexpr std::uint32_t max_concurrency = 1024;   ///< Calls that one worker may hold.
inline constexpr std::uint32_t frame_charge_bytes = 32;  ///< Credit that a REQUEST or DATA costs beside its payload.
inline constexpr std::uint32_t stream_window_bytes =
    128 * 1024;  ///< Initial credit of each stream, each way, unless configured.
inline constexpr std::uint32_t connection_window_bytes =
    1024 * 1024;  ///< Initial credit of each connection, each way, unless configured.
inline constexpr std::uint32_t min_window_bytes = 4 * 1024 + 32;  ///< The smallest initial credit: one smallest chunk.
inline constexpr std::uint32_t stream_window_max_bytes = 1024 * 1024;  ///< What a stream's window may grow to.
inline constexpr std::uint64_t window_growth_bytes =
    4 * 1024 * 1024;  ///< The growth of all windows of one connection together.
inline constexpr std::uint32_t largest_stream_window_bytes = 16 * 1024 * 1024;  ///< That can be configured.
inline constexpr std::uint32_t max_window_bytes = 0x7FFF'FFFF;  ///< More credit than this at once is a protocol error.
inline constexpr Duration min_deadline = 1us;
inline constexpr Duration max_deadline = 24h;
inline constexpr std::uint64_t default_max_payload_bytes =
    64ull * 1024 * 1024;  ///< One whole request or reply; inclusive.

// Connections.
/// Takes the largest chunk with all that goes with it, so that it is read, and buffered by a pipe, at once.
inline constexpr std::size_t read_buffer_bytes = 80 * 1024;
inline constexpr std::size_t kept_buffer_bytes =
    8 * 1024;  ///< Of a session that is used again and again; takes a whole frame with 4 KiB of payload.
inline constexpr std::size_t max_kept_buffers = 64;
inline constexpr std::size_t max_write_bytes = 256 * 1024;  ///< One write; at most one is outstanding per pipe.
inline constexpr std::size_t max_queued_control_bytes =
    64 * 1024;                                                 ///< Undelivered control frames; more closes the session.
inline constexpr std::uint32_t default_max_streams = 256;      ///< Open calls of one session.
inline constexpr std::size_t max_half_open_connections = 512;  ///< Before HELLO.
inline constexpr Duration default_hello_timeout = 2s;
inline constexpr Duration linger_after_refusal = 1s;  ///< For the refused peer's end of file.
inline constexpr std::size_t pending_pipe_instances = 8;
inline constexpr int max_synchronous_completions = 16;  ///< Per connection and turn.
inline constexpr Duration shortest_retry_after = 10ms;  ///< The hint to a call that found its pool's queue full.
inline constexpr Duration longest_retry_after = 30s;

// Callers: what is kept for each SID.
inline constexpr std::size_t max_idle_callers = 1024;   ///< Remembered after their last session has closed.
inline constexpr std::size_t max_shown_callers = 64;    ///< In the status; those with the most sessions.
inline constexpr Duration quota_retry_after = 100ms;    ///< The hint to a call that its user's quota has no room for.
inline constexpr std::uint32_t audit_line_burst = 20;   ///< Lines about one SID at once,
inline constexpr Duration audit_line_interval = 1s;     ///< and then one each; what is left out is counted.
inline constexpr std::size_t max_image_bytes = 512;     ///< Of the path of a peer's program; the end of a longer one.
inline constexpr std::uint32_t cancel_burst = 1000;     ///< Calls that one user may cancel at once,
inline constexpr Duration cancel_interval = 10ms;       ///< and then one each, without being named in the log.
inline constexpr std::size_t max_audited_routes = 10;   ///< Named in one line; of more, their number.

// Workers.
inline constexpr std::uint32_t max_pools = 64;
/// Names that there have ever been in the life of a service, those of removed pools and routes included.
inline constexpr std::size_t max_pool_names = 1024;
inline constexpr std::size_t max_route_names = 16 * 1024;
inline constexpr std::uint32_t max_workers_per_pool = 256;
/// A worker and its replacement both serve so long: one that fails right after READY leaves the pool as it was.
inline constexpr Duration recycle_overlap = 1s;
inline constexpr std::size_t max_output_line_bytes =
    4 * 1024;                                                ///< Of a worker's stdout or stderr; longer ones are split.
inline constexpr std::size_t output_read_bytes = 32 * 1024;  ///< Of stdout or stderr at once.
inline constexpr std::size_t max_evidence_calls = 16;        ///< Described one by one in a case of evidence.
inline constexpr std::size_t kept_stderr_bytes = 64 * 1024;  ///< The end of a worker's stderr, for evidence.
/// Between the end of a process and that of its channel, either first.
inline constexpr Duration worker_death_settle = 100ms;
inline constexpr std::uint32_t max_output_lines_per_second = 100;  ///< Per worker; the rest is counted and dropped.
inline constexpr Duration memory_observation_interval = 5s;        ///< Between two looks at what a worker holds.

// Evidence.
inline constexpr std::size_t max_waiting_dumps = 8;   ///< Beside the one being taken; who comes then goes without one.
inline constexpr std::size_t max_waiting_cases = 64;  ///< To be written; who comes then leaves a line in the log only.
/// Workers that have ended, of whom a case can still be written, and for how long.
inline constexpr std::size_t max_remembered_exits = 64;
inline constexpr Duration remembered_exit = 10s;

// Copies of workers' programs.
inline constexpr std::uint64_t max_shadow_copy_bytes = 2ull * 1024 * 1024 * 1024;
inline constexpr std::uint32_t max_shadow_copy_entries = 20'000;  ///< Files and folders.
inline constexpr std::size_t max_old_shadow_copies = 64;          ///< Waiting to be deleted.

// Administration.
inline constexpr std::size_t max_operator_requests = 16;      ///< Under way at once.
inline constexpr Duration operator_patience = 2s;             ///< For the loop to take and answer one.
inline constexpr std::size_t max_admin_request_bytes = 4096;  ///< The JSON of a request on the admin pipe.

}  // namespace plugbroker::limits
