/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PlugBroker client library: call routes of the PlugBroker service from a plugin. C11 and C++.
 *
 *   plugbroker_client *client = NULL;
 *   plugbroker_reply *reply = NULL;
 *   if (plugbroker_client_create(NULL, &client) == PLUGBROKER_OK) {
 *     if (plugbroker_call(client, "echo", "hello", 5, NULL, &reply) == PLUGBROKER_OK) {
 *       fwrite(plugbroker_reply_data(reply), 1, plugbroker_reply_size(reply), stdout);
 *     } else {
 *       fprintf(stderr, "%s\n", plugbroker_reply_message(reply));
 *     }
 *     plugbroker_reply_free(reply);
 *     plugbroker_client_destroy(client);
 *   }
 *
 * Three kinds of calls. plugbroker_call waits for the reply on your thread. plugbroker_call_start returns at once and
 * tells the end by a callback, an event to wait for, or both. plugbroker_stream_open exchanges any number of messages
 * each way. All have a deadline, can be cancelled by a handle, and end exactly once.
 *
 * Threads. Every function may be called from any thread. A client handle serves any number of threads at once over one
 * connection. Of a stream one thread may read while another writes. A handle must not be used after, or by another
 * thread at the moment of, its destruction; a call that is already running when its client is destroyed ends with
 * PLUGBROKER_CANCELLED before plugbroker_client_destroy returns. Operations, streams and replies may be used and freed
 * after their client was destroyed.
 *
 * Callbacks run on the library's own thread, one at a time, in the order in which things ended; keep them short: all
 * I/O of the client waits for them. They must not throw. Inside one, whatever would wait (plugbroker_call,
 * plugbroker_client_wait_for_ready, plugbroker_client_destroy, plugbroker_operation_wait, plugbroker_stream_read,
 * _write and _result) returns PLUGBROKER_FAILED_PRECONDITION at once and does nothing; everything else may be called.
 *
 * A guest in your process. The library has one thread per client and nothing else: no process-wide settings, no
 * exception or signal handlers, no exception crosses this interface, nothing in it ends the process. Its thread keeps
 * the module that contains the library loaded until the client is destroyed. Destroy all clients, operations, streams
 * and cancellation handles before you unload it, and not from DllMain. When memory runs out, the calls at hand end with
 * PLUGBROKER_RESOURCE_EXHAUSTED, and the client goes on.
 *
 * Memory. What the library returns, it frees: use the matching _free or _destroy function. Freeing NULL does nothing.
 * Text is UTF-8 and ends with a zero byte. What you pass in is copied or no longer used when the function returns.
 * Bounded are: the requests of running operations (max_pending_bytes), of a stream what was written and not yet sent
 * (131,072 bytes and one message) and what has come and was not yet read (the stream's window, at most 1 MiB, and one
 * message).
 *
 * Options. Every options struct begins with struct_size = sizeof(the struct); a zero in any other field means "the
 * default". plugbroker_client_options_default() and plugbroker_call_options_default() fill in just that. Structs grow
 * at their end only: a program built with an older or a newer header goes on working as long as it sets no field that
 * the library doesn't know (that is PLUGBROKER_INVALID_ARGUMENT).
 */
#ifndef PLUGBROKER_PLUGBROKER_H
#define PLUGBROKER_PLUGBROKER_H

#include <stddef.h>
#include <stdint.h>

/* Define PLUGBROKER_STATIC to link the static library (the CMake target PlugBroker::plugbroker_static does). The
 * spelling for MSVC below has never been executed. */
#if defined(_WIN32)
#define PLUGBROKER_ABI __cdecl
#if defined(PLUGBROKER_STATIC)
#define PLUGBROKER_API
#else
#define PLUGBROKER_API __declspec(dllimport)
#endif
#else
#define PLUGBROKER_ABI
#define PLUGBROKER_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* The version of this interface. It changes only if something in it changes incompatibly. */
#define PLUGBROKER_ABI_VERSION 1

/* How a call or an operation ended; the numbers never change. In brackets: when this library itself says so. */
typedef int32_t plugbroker_status;
/* clang-format off */
enum {
  PLUGBROKER_OK = 0,
  PLUGBROKER_CANCELLED = 1,          /* [cancelled by a cancellation handle, or the client was destroyed] */
  PLUGBROKER_UNKNOWN = 2,
  PLUGBROKER_INVALID_ARGUMENT = 3,   /* [an argument is NULL, malformed, too long, or of the wrong struct_size] */
  PLUGBROKER_DEADLINE_EXCEEDED = 4,  /* [also: the service was starting or busy until the deadline; see the message] */
  PLUGBROKER_NOT_FOUND = 5,          /* no route of that name, or none that you may see */
  PLUGBROKER_ALREADY_EXISTS = 6,
  PLUGBROKER_PERMISSION_DENIED = 7,  /* [the pipe can't be opened, or its owner is not trusted] */
  PLUGBROKER_RESOURCE_EXHAUSTED = 8, /* [out of memory; request or reply larger than the limit] */
  PLUGBROKER_FAILED_PRECONDITION = 9, /* [the service is not installed; what answers is no PlugBroker or of a version
                                         that can't be spoken with; called inside a callback of the library] */
  PLUGBROKER_ABORTED = 10,
  PLUGBROKER_OUT_OF_RANGE = 11,
  PLUGBROKER_UNIMPLEMENTED = 12,
  PLUGBROKER_INTERNAL = 13,          /* [a fault of the library; the client handle takes no more calls] */
  PLUGBROKER_UNAVAILABLE = 14,       /* [the service is stopped or can't be reached; the connection was lost] */
  PLUGBROKER_DATA_LOSS = 15,
  PLUGBROKER_UNAUTHENTICATED = 16
};
/* clang-format on */

/* Returned, beside a status, by plugbroker_stream_try_read and plugbroker_stream_try_write: not now. Never the status
 * of a call. */
#define PLUGBROKER_WOULD_BLOCK INT32_C(100)

/* What may be done next with a call that failed. */
typedef int32_t plugbroker_retry;
enum {
  PLUGBROKER_RETRY_NEVER = 0,        /* repeating it can do harm or fails the same way */
  PLUGBROKER_RETRY_SAFE = 1,         /* no worker saw it: repeat at will */
  PLUGBROKER_RETRY_AFTER_BACKOFF = 2 /* no worker saw it: wait, then repeat */
};

/* Who decided how a call ended. */
typedef int32_t plugbroker_origin;
enum { PLUGBROKER_ORIGIN_CLIENT = 1, PLUGBROKER_ORIGIN_BROKER = 2, PLUGBROKER_ORIGIN_WORKER = 3 };

enum { PLUGBROKER_LOG_DEBUG = 0, PLUGBROKER_LOG_INFORMATION = 1, PLUGBROKER_LOG_WARNING = 2, PLUGBROKER_LOG_ERROR = 3 };

/* The deadline of a call that names none, and the longest one: 30 seconds and 24 hours, in microseconds. */
#define PLUGBROKER_DEFAULT_DEADLINE_US INT64_C(30000000)
#define PLUGBROKER_MAX_DEADLINE_US INT64_C(86400000000)
/* A synchronous call returns at the latest so long after its deadline (as far as the system runs its thread), even if
 * the service or this library's own thread hangs. */
#define PLUGBROKER_DEADLINE_GRACE_US INT64_C(250000)

typedef struct plugbroker_client plugbroker_client;
typedef struct plugbroker_reply plugbroker_reply;
typedef struct plugbroker_cancellation plugbroker_cancellation;
typedef struct plugbroker_operation plugbroker_operation;
typedef struct plugbroker_stream plugbroker_stream;
typedef struct plugbroker_message plugbroker_message;

/* Receives one line of text; a callback as described at the top, but it may also come inside plugbroker_client_create,
 * on your thread. */
typedef void(PLUGBROKER_ABI *plugbroker_log_callback)(void *context, int32_t level, const char *text);

/* The end of a call that plugbroker_call_start started. The reply is yours to free; it is never NULL. */
typedef void(PLUGBROKER_ABI *plugbroker_call_callback)(void *context, plugbroker_status status,
                                                       plugbroker_reply *reply);

typedef struct plugbroker_client_options {
  uint32_t struct_size;
  uint32_t reserved; /* zero */
  /* The service's pipe; default \\.\pipe\PlugBroker. Only pipes of this machine, \\.\pipe\name. */
  const char *pipe_name;
  /* The service behind that pipe; default PlugBroker. Says whose pipe is trusted (the owner must be NT SERVICE\name or
   * SYSTEM) and of which service "not installed", "stopped" and "starting" are told. */
  const char *service_name;
  /* Further owners of the pipe to trust: SIDs (S-1-...) or the word current_user, with semicolons between. Default
   * none. The environment variable PLUGBROKER_TRUSTED_OWNERS adds to it. Each use is reported to the log callback.
   * Whoever owns the pipe sees your requests and makes up the replies: meant for development, where the service runs in
   * a console. */
  const char *trusted_owners;
  /* What you are called in the service's status and logs, such as my_plugin; at most 40 bytes are shown. */
  const char *user_name;
  plugbroker_log_callback log; /* default none */
  void *log_context;
  /* The largest message, request or reply, inclusive; default 64 MiB. The smaller of this and the service's own limit
   * holds. */
  uint64_t max_payload_bytes;
  /* The requests of all operations that have not ended, together; default 64 MiB. One that would pass it is refused
   * with PLUGBROKER_RESOURCE_EXHAUSTED. */
  uint64_t max_pending_bytes;
} plugbroker_client_options;

/* A pair of your own for the worker. Keys may repeat; the order is kept. */
typedef struct plugbroker_metadata {
  const char *key;   /* 1 to 64 characters of a-z 0-9 . _ - */
  const char *value; /* at most 1,024 bytes */
} plugbroker_metadata;

typedef struct plugbroker_call_options {
  uint32_t struct_size;
  uint32_t reserved;   /* zero */
  int64_t deadline_us; /* From now, in microseconds, 1 to PLUGBROKER_MAX_DEADLINE_US; default 30 seconds. */
  plugbroker_cancellation *cancellation; /* default none */
  const char *content_type; /* Carried to the worker, such as application/json; at most 255 bytes; default none. */
  /* Lets the worker recognise a call that you repeat; at most 64 bytes; default none. */
  const char *idempotency_key;
  /* W3C trace context: "00-" 32 hex digits "-" 16 hex digits "-" 2 hex digits, and what goes with it, at most 512
   * bytes. The worker's Activity.Current continues this trace. Default none. */
  const char *traceparent;
  const char *tracestate;
  /* At most 32 pairs of at most 4,096 bytes together. */
  const plugbroker_metadata *metadata;
  size_t metadata_count;
  /* How often the call may be sent again by itself, at most 5; default 0. Only after a failure whose retry class allows
   * it and that no worker had a part in (worker_received 0), of a request of at most 64 KiB, as long as no byte of a
   * reply came, within the deadline, and after a wait of random length that grows from 10 ms to 1 s (longer when the
   * service asks for it). Apart from that a call is sent again whenever none of it was sent, or the service said that
   * it had not taken it. */
  uint32_t retry_attempts;
  /* 1: when the service is not installed, stopped, starting or out of reach, the call waits for it until its deadline.
   * Default 0: it fails at once, but while the service is starting, or has no instance of its pipe free at the moment.
   */
  uint32_t wait_for_ready;
} plugbroker_call_options;

/* --- Clients --------------------------------------------------------------------------------------------------- */

/* Makes a client. `options` may be NULL. Never waits: the connection is made by the first call. On failure *client is
 * NULL and the reason goes to the log callback, if there is one. */
PLUGBROKER_API plugbroker_status PLUGBROKER_ABI plugbroker_client_create(const plugbroker_client_options *options,
                                                                         plugbroker_client **client);

/* Ends the calls that run with PLUGBROKER_CANCELLED, closes the connection, joins the library's thread, frees the
 * handle. Returns PLUGBROKER_OK; PLUGBROKER_FAILED_PRECONDITION inside a callback, and then nothing has happened. */
PLUGBROKER_API plugbroker_status PLUGBROKER_ABI plugbroker_client_destroy(plugbroker_client *client);

/* Connects, and waits until the service takes calls or `timeout_us` (1 to PLUGBROKER_MAX_DEADLINE_US) has passed. It
 * keeps waiting while the service is starting, stopped, not installed or out of reach, and returns at once when waiting
 * can't help (untrusted owner, access denied, refused for good). When time is up it returns the status of what was last
 * wrong: PLUGBROKER_FAILED_PRECONDITION not installed, PLUGBROKER_UNAVAILABLE stopped, starting, busy or out of reach,
 * PLUGBROKER_DEADLINE_EXCEEDED no answer. `reply` may be NULL; else it is set to a reply whose message says it in
 * words; free it. */
PLUGBROKER_API plugbroker_status PLUGBROKER_ABI plugbroker_client_wait_for_ready(plugbroker_client *client,
                                                                                 int64_t timeout_us,
                                                                                 plugbroker_reply **reply);

/* --- Calls ----------------------------------------------------------------------------------------------------- */

/* Calls `route` (1 to 255 characters of A-Z a-z 0-9 . _ - /) with `request_size` bytes (`request` may be NULL for none)
 * and waits for the reply, at most until the deadline and PLUGBROKER_DEADLINE_GRACE_US. Connects first if there is no
 * connection, within the same deadline. The request is not copied as a whole, and not used any more when this returns.
 * `options` and `reply` may be NULL.
 *
 * *reply is set whenever `reply` is not NULL, for failures too: there it carries the message, the retry class and so
 * on. Free it with plugbroker_reply_free. The returned status is that of the reply. When a call is sent again by
 * itself stands at retry_attempts; one that a worker may have had never is.
 *
 * A call that ran when the connection was lost ends with PLUGBROKER_UNAVAILABLE; one that had not been sent by then
 * waits for the next connection. */
PLUGBROKER_API plugbroker_status PLUGBROKER_ABI plugbroker_call(plugbroker_client *client, const char *route,
                                                                const void *request, size_t request_size,
                                                                const plugbroker_call_options *options,
                                                                plugbroker_reply **reply);

/* Each accepts NULL and then answers like a reply with PLUGBROKER_INVALID_ARGUMENT. Pointers are valid until the reply
 * is freed; texts are never NULL; the data is NULL when there is none. */
PLUGBROKER_API plugbroker_status PLUGBROKER_ABI plugbroker_reply_status(const plugbroker_reply *reply);
PLUGBROKER_API const char *PLUGBROKER_ABI plugbroker_reply_message(const plugbroker_reply *reply);
PLUGBROKER_API const void *PLUGBROKER_ABI plugbroker_reply_data(const plugbroker_reply *reply);
PLUGBROKER_API size_t PLUGBROKER_ABI plugbroker_reply_size(const plugbroker_reply *reply);
PLUGBROKER_API const char *PLUGBROKER_ABI plugbroker_reply_content_type(const plugbroker_reply *reply);
PLUGBROKER_API plugbroker_retry PLUGBROKER_ABI plugbroker_reply_retry(const plugbroker_reply *reply);
PLUGBROKER_API plugbroker_origin PLUGBROKER_ABI plugbroker_reply_origin(const plugbroker_reply *reply);
/* 1 when a worker may have received the call, 0 when certainly none did. */
PLUGBROKER_API int32_t PLUGBROKER_ABI plugbroker_reply_worker_received(const plugbroker_reply *reply);
/* The pairs that the worker sent along, in its order. A key or value out of range is an empty text. */
PLUGBROKER_API size_t PLUGBROKER_ABI plugbroker_reply_metadata_count(const plugbroker_reply *reply);
PLUGBROKER_API const char *PLUGBROKER_ABI plugbroker_reply_metadata_key(const plugbroker_reply *reply, size_t index);
PLUGBROKER_API const char *PLUGBROKER_ABI plugbroker_reply_metadata_value(const plugbroker_reply *reply, size_t index);
/* What the worker says of a failure to your program, in a form of its own; NULL and 0 when there is nothing. */
PLUGBROKER_API const void *PLUGBROKER_ABI plugbroker_reply_detail(const plugbroker_reply *reply);
PLUGBROKER_API size_t PLUGBROKER_ABI plugbroker_reply_detail_size(const plugbroker_reply *reply);
/* When to try again, a hint of the service, in microseconds from the end of the call; 0 for none. */
PLUGBROKER_API int64_t PLUGBROKER_ABI plugbroker_reply_retry_after_us(const plugbroker_reply *reply);
/* How often the call was sent. */
PLUGBROKER_API uint32_t PLUGBROKER_ABI plugbroker_reply_attempts(const plugbroker_reply *reply);
PLUGBROKER_API void PLUGBROKER_ABI plugbroker_reply_free(plugbroker_reply *reply);

/* --- Calls that nobody waits for ------------------------------------------------------------------------------- */

/* Starts a call and returns at once. The request is copied.
 *
 * PLUGBROKER_OK: the call ends later, exactly once, as plugbroker_call would. If there is a callback (else NULL), it
 * then gets the reply; it may come before this function returns, and comes also when the client is destroyed. If
 * `operation` is not NULL, *operation is set to a handle; destroy it. One of the two must be given.
 *
 * Anything else: nothing was started, *operation is NULL, the callback will not come. PLUGBROKER_INVALID_ARGUMENT for
 * arguments, but for a malformed route, content type, key or tracestate, which the call's reply tells;
 * PLUGBROKER_RESOURCE_EXHAUSTED for too much pending, or no memory. */
PLUGBROKER_API plugbroker_status PLUGBROKER_ABI plugbroker_call_start(plugbroker_client *client, const char *route,
                                                                      const void *request, size_t request_size,
                                                                      const plugbroker_call_options *options,
                                                                      plugbroker_call_callback callback, void *context,
                                                                      plugbroker_operation **operation);

/* A Windows event (a HANDLE) that is signalled, and stays so, once the call has ended: for hosts with a loop of their
 * own. It is the operation's: don't close it, and don't wait for it once the operation is destroyed. NULL when Windows
 * gives none. */
PLUGBROKER_API void *PLUGBROKER_ABI plugbroker_operation_event(plugbroker_operation *operation);

/* Waits for the end of the call, at most `timeout_us` (0: not at all). PLUGBROKER_OK: it has ended, however;
 * PLUGBROKER_DEADLINE_EXCEEDED: it has not. */
PLUGBROKER_API plugbroker_status PLUGBROKER_ABI plugbroker_operation_wait(plugbroker_operation *operation,
                                                                          int64_t timeout_us);

/* The reply of a call that has ended; free it. Its status is returned. PLUGBROKER_FAILED_PRECONDITION, and *reply NULL,
 * while the call runs, when the reply was taken before, or when the operation has a callback, which gets the reply. */
PLUGBROKER_API plugbroker_status PLUGBROKER_ABI plugbroker_operation_result(plugbroker_operation *operation,
                                                                            plugbroker_reply **reply);

/* Ends the call with PLUGBROKER_CANCELLED unless it has ended. Never waits. */
PLUGBROKER_API void PLUGBROKER_ABI plugbroker_operation_cancel(plugbroker_operation *operation);

/* Cancels the call if it still runs (its callback still comes), and frees the handle. Never waits; also inside a
 * callback, the operation's own too. */
PLUGBROKER_API void PLUGBROKER_ABI plugbroker_operation_destroy(plugbroker_operation *operation);

/* --- Streams --------------------------------------------------------------------------------------------------- */

/* Opens a stream to `route`: a call whose request and reply are any number of messages each, of any size up to
 * max_payload_bytes, whose boundaries and order are kept. Never waits: the connection is made in the background, as for
 * a call. The deadline is that of the whole stream. On failure *stream is NULL; but what is wrong with the route or the
 * service is told by the stream. */
PLUGBROKER_API plugbroker_status PLUGBROKER_ABI plugbroker_stream_open(plugbroker_client *client, const char *route,
                                                                       const plugbroker_call_options *options,
                                                                       plugbroker_stream **stream);

/* Sends one message, which is copied. Waits, at most until the deadline, while more than 131,072 bytes of earlier
 * messages have not been sent: the worker, or the service, is slow.
 *
 * PLUGBROKER_OK says that the message was taken here, not that it arrived. PLUGBROKER_FAILED_PRECONDITION: the stream
 * was half-closed, or the reply has ended ok, and the worker needs no more. PLUGBROKER_RESOURCE_EXHAUSTED while the
 * stream goes on: the message is too large, or there is no memory. Else the stream has ended with the status returned.
 */
PLUGBROKER_API plugbroker_status PLUGBROKER_ABI plugbroker_stream_write(plugbroker_stream *stream, const void *data,
                                                                        size_t size);

/* The same, but where that would wait it returns PLUGBROKER_WOULD_BLOCK, and nothing of the message was taken. */
PLUGBROKER_API plugbroker_status PLUGBROKER_ABI plugbroker_stream_try_write(plugbroker_stream *stream, const void *data,
                                                                            size_t size);

/* No more messages will be written: the worker sees the end of the request. The reply goes on. Never waits.
 * PLUGBROKER_OK also when it was done before. */
PLUGBROKER_API plugbroker_status PLUGBROKER_ABI plugbroker_stream_close_write(plugbroker_stream *stream);

/* Waits for the next message of the reply; free it. PLUGBROKER_OK with *message NULL: the reply has ended ok. Any other
 * status is the stream's, and *message is NULL; whole messages that came before it are given first (but not after a
 * cancellation). What is not read slows down the worker, and no other call. */
PLUGBROKER_API plugbroker_status PLUGBROKER_ABI plugbroker_stream_read(plugbroker_stream *stream,
                                                                       plugbroker_message **message);

/* The same, but where that would wait it returns PLUGBROKER_WOULD_BLOCK. */
PLUGBROKER_API plugbroker_status PLUGBROKER_ABI plugbroker_stream_try_read(plugbroker_stream *stream,
                                                                           plugbroker_message **message);

/* A Windows event (a HANDLE) for hosts with a loop of their own. It is signalled as long as there is a message, or the
 * end, to be read; and, after a plugbroker_stream_try_write that would block, once another try is worth while, until
 * that try. It is the stream's: don't close it, and don't wait for it once the stream is destroyed. NULL when Windows
 * gives none. */
PLUGBROKER_API void *PLUGBROKER_ABI plugbroker_stream_event(plugbroker_stream *stream);

/* Waits until the stream has ended and gives how: a reply without data; free it. Its status is returned. Read the
 * messages first: as long as there are too many unread ones, the worker can't end its reply. `reply` may be NULL. */
PLUGBROKER_API plugbroker_status PLUGBROKER_ABI plugbroker_stream_result(plugbroker_stream *stream,
                                                                         plugbroker_reply **reply);

/* Ends the stream with PLUGBROKER_CANCELLED unless it has ended; drops what is unread. Never waits. */
PLUGBROKER_API void PLUGBROKER_ABI plugbroker_stream_cancel(plugbroker_stream *stream);

/* Cancels the stream if it still runs, and frees it. Never waits. No other thread may be using it. */
PLUGBROKER_API void PLUGBROKER_ABI plugbroker_stream_destroy(plugbroker_stream *stream);

/* NULL and 0 of an empty message, and of NULL. */
PLUGBROKER_API const void *PLUGBROKER_ABI plugbroker_message_data(const plugbroker_message *message);
PLUGBROKER_API size_t PLUGBROKER_ABI plugbroker_message_size(const plugbroker_message *message);
PLUGBROKER_API void PLUGBROKER_ABI plugbroker_message_free(plugbroker_message *message);

/* --- Cancellation ---------------------------------------------------------------------------------------------- */

/* A handle that cancels calls. It may be given to any number of calls, of any clients, at the same time or in turn. */
PLUGBROKER_API plugbroker_status PLUGBROKER_ABI plugbroker_cancellation_create(plugbroker_cancellation **cancellation);

/* Ends every call that was given this handle with PLUGBROKER_CANCELLED, those that come later too; never waits, from
 * any thread, also inside a callback. Doing it twice is the same as doing it once. */
PLUGBROKER_API void PLUGBROKER_ABI plugbroker_cancellation_cancel(plugbroker_cancellation *cancellation);

/* Calls that were given the handle and still run go on, and can't be cancelled any more. */
PLUGBROKER_API void PLUGBROKER_ABI plugbroker_cancellation_destroy(plugbroker_cancellation *cancellation);

/* --- About the library ----------------------------------------------------------------------------------------- */

/* "not_found" and so on; "unrecognised" for a number that has no name. */
PLUGBROKER_API const char *PLUGBROKER_ABI plugbroker_status_name(plugbroker_status status);

/* The library's version, such as "1.2.3". */
PLUGBROKER_API const char *PLUGBROKER_ABI plugbroker_version(void);

#ifdef __cplusplus
} /* extern "C" */
#endif

/* Options with every field at its default. */
static inline plugbroker_client_options plugbroker_client_options_default(void) {
  plugbroker_client_options options = {sizeof(plugbroker_client_options), 0, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0};
  return options;
}
static inline plugbroker_call_options plugbroker_call_options_default(void) {
  plugbroker_call_options options = {
      sizeof(plugbroker_call_options), 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, 0};
  return options;
}

#endif /* PLUGBROKER_PLUGBROKER_H */
