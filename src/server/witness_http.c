/* witness_http.c - the witness over HTTP: libmicrohttpd on loopback for the server, libcurl for the log's side. */
#include <arpa/inet.h>
#include <curl/curl.h>
#include <errno.h>
#include <inttypes.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <warrant/text.h>

#include "base/limits.h"
#include "ledger/note.h"
#include <warrant/server.h>

#define CONNECTIONS_MOST 64
#define HTTP_SECONDS 10
#define ASK_SECONDS 30L
#define TRIES 3 /* a size of our own, the witness's, and once more if it moved on meanwhile */

/* ---- server ---- */

static enum MHD_Result reply(struct MHD_Connection *connection, const wr_witness_answer *answer)
{
    struct MHD_Response *r = MHD_create_response_from_buffer(answer->body.len, (void *)(uintptr_t)answer->body.at, MHD_RESPMEM_MUST_COPY);
    if (r == NULL)
        return MHD_NO;
    enum MHD_Result ok = MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_TYPE, answer->content_type);
    if (ok == MHD_YES)
        ok = MHD_queue_response(connection, (unsigned)answer->status, r);
    MHD_destroy_response(r);
    return ok;
}

static wr_witness_answer plain(int status, const char *text) { return (wr_witness_answer){ status, "text/plain; charset=utf-8", wr_slice_of(text) }; }

static wr_witness_answer route(wr_witness *w, const char *url, const char *method, const wr_buf *body, wr_arena *a)
{
    const wr_slice path = wr_slice_of(url);
    if (wr_slice_is(path, "/add-checkpoint")) {
        if (strcmp(method, MHD_HTTP_METHOD_POST) != 0)
            return plain(405, "POST it\n");
        return wr_buf_ok(body) ? wr_witness_add_checkpoint(w, wr_buf_slice(body), a) : plain(413, "a request has at most 256 KiB\n");
    }
    if (wr_slice_ends(path, "/checkpoint") && path.len == 1 + 64 + sizeof "/checkpoint" - 1 && strcmp(method, MHD_HTTP_METHOD_GET) == 0)
        return wr_witness_checkpoint(w, wr_slice_part(path, 1, 64), a);
    return plain(404, "nothing here\n");
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection, const char *url, const char *method, const char *version,
                                  const char *upload, size_t *upload_size, void **request)
{
    (void)version;
    wr_buf *body = *request;
    if (body == NULL) {
        body = wr_alloc(sizeof *body);
        if (body == NULL)
            return MHD_NO;
        *body = wr_buf_new(WR_NOTE_MOST);
        *request = body;
        return MHD_YES;
    }
    if (*upload_size > 0) {
        wr_buf_add(body, upload, *upload_size); /* past its most it only remembers that it was too much */
        *upload_size = 0;
        return MHD_YES;
    }
    WR_AUTO_ARENA a = wr_arena_new(16 * WR_MIB);
    if (a == NULL)
        return MHD_NO;
    const wr_witness_answer answer = route(cls, url, method, body, a);
    return reply(connection, &answer);
}

static void on_done(void *cls, struct MHD_Connection *connection, void **request, enum MHD_RequestTerminationCode why)
{
    (void)cls, (void)connection, (void)why;
    wr_buf *body = *request;
    if (body != NULL)
        wr_buf_free(body);
    wr_free(body);
    *request = NULL;
}

wr_status wr_serve_witness(wr_witness *w, uint16_t port, int stop_fd, void (*ready)(void *ctx, uint16_t port), void *ctx, wr_error *err)
{
    const struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    struct MHD_Daemon *daemon = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD, port, NULL, NULL, on_request, w, MHD_OPTION_SOCK_ADDR,
                                                 (const struct sockaddr *)&address,
                                                 MHD_OPTION_NOTIFY_COMPLETED, on_done, NULL, MHD_OPTION_CONNECTION_LIMIT,
                                                 (unsigned)CONNECTIONS_MOST,
                                                 MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)HTTP_SECONDS, MHD_OPTION_END);
    if (daemon == NULL) {
        (void)wr_err(err, WR_IO, "cannot listen on 127.0.0.1, port %u", port);
        (void)wr_err_todo(err, "see whether another program has the port, or give another");
        return WR_IO;
    }
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT);
    if (ready != NULL)
        ready(ctx, info ? info->port : port);
    struct pollfd stop = { stop_fd, POLLIN, 0 };
    while (poll(&stop, 1, -1) < 0 && errno == EINTR)
        ;
    MHD_stop_daemon(daemon);
    return WR_OK;
}

/* ---- the log's side ---- */

static size_t take(char *bytes, size_t size, size_t count, void *ctx)
{
    wr_buf *b = ctx;
    wr_buf_add(b, bytes, size * count);
    return wr_buf_ok(b) ? size * count : 0;
}

static bool loopback(const char *url)
{
    CURLU *u = curl_url();
    char *host = NULL;
    bool is = false;
    if (u != NULL && curl_url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK && curl_url_get(u, CURLUPART_HOST, &host, 0) == CURLUE_OK)
        is = strcmp(host, "localhost") == 0 || strcmp(host, "127.0.0.1") == 0 || strcmp(host, "[::1]") == 0;
    curl_free(host);
    curl_url_cleanup(u);
    return is;
}

static wr_status check_url(const char *url, bool insecure, wr_error *err)
{
    const wr_slice u = wr_slice_of(url);
    if (wr_slice_starts(u, "https://") || (wr_slice_starts(u, "http://") && (insecure || loopback(url))))
        return WR_OK;
    (void)wr_err(err, WR_USAGE, "a witness is asked over https");
    (void)wr_err_in(err, url);
    (void)wr_err_todo(err, "give an https address, or allow plain http with --insecure");
    return WR_USAGE;
}

static wr_status post(const char *url, wr_slice body, long *ret_status, wr_buf *ret, wr_error *err)
{
    char why[CURL_ERROR_SIZE] = "";
    CURL *c = curl_easy_init();
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: text/plain; charset=utf-8");
    if (c == NULL || headers == NULL) {
        curl_slist_free_all(headers);
        curl_easy_cleanup(c);
        return wr_over(err, "asking a witness");
    }
    curl_easy_setopt(c, CURLOPT_URL, url);
    curl_easy_setopt(c, CURLOPT_POSTFIELDS, body.at);
    curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE, (long)body.len);
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, ret);
    curl_easy_setopt(c, CURLOPT_ERRORBUFFER, why);
    curl_easy_setopt(c, CURLOPT_TIMEOUT, ASK_SECONDS);
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
    if (loopback(url))
        curl_easy_setopt(c, CURLOPT_NOPROXY, "*");
    const CURLcode code = curl_easy_perform(c);
    curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, ret_status);
    curl_slist_free_all(headers);
    curl_easy_cleanup(c);
    if (code == CURLE_OK)
        return WR_OK;
    (void)wr_err(err, WR_IO, "the witness does not answer: %.200s", why[0] ? why : curl_easy_strerror(code));
    (void)wr_err_in(err, url);
    return WR_IO;
}

static wr_status refused(const char *url, long status, wr_slice body, wr_error *err)
{
    static const struct { long http; wr_status status; const char *what, *todo; } known[] = {
        { 403, WR_DENIED, "the witness does not trust this log's key",
            "give the witness's operator what `warrant ledger checkpoint --key` prints" },
        { 404, WR_DENIED, "the witness does not know this log",
            "give the witness's operator what `warrant ledger checkpoint --key` prints" },
        { 422, WR_CORRUPT, "the witness has seen another history of this log and refuses to sign",
            "the log was rewritten or rolled back: keep it as it is and compare it with a copy" },
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].http == status) {
            (void)wr_err(err, known[i].status, "%s", known[i].what);
            (void)wr_err_in(err, url);
            (void)wr_err_todo(err, "%s", known[i].todo);
            return known[i].status;
        }
    WR_AUTO_BUF b = wr_buf_new(1024);
    wr_printable(&b, wr_slice_part(body, 0, 80));
    wr_buf_char(&b, '\0');
    (void)wr_err(err, WR_IO, "the witness answered %ld: %s", status, wr_buf_ok(&b) ? b.at : "");
    (void)wr_err_in(err, url);
    return WR_IO;
}

/* The witness's size comes from outside: only a plain decimal that differs from what we said is worth another try. */
static bool size_told(wr_slice body, uint64_t said, uint64_t *ret)
{
    return wr_slice_ends(body, "\n") && wr_parse_u64(wr_slice_part(body, 0, body.len - 1), ret) && *ret != said && *ret <= INT64_MAX;
}

wr_status wr_witness_ask(wr_ledger *l, const char *url, wr_slice witness_key, bool insecure, wr_arena *a, int64_t *ret_time, wr_error *err)
{
    wr_status st = check_url(url, insecure, err);
    const size_t len = strlen(url);
    const wr_slice full = wr_arena_printf(a, "%s%sadd-checkpoint", url, len > 0 && url[len - 1] == '/' ? "" : "/");
    if (st != WR_OK)
        return st;
    if (full.at == NULL)
        return wr_over(err, "asking a witness");
    uint64_t old = 0;
    for (int i = 0; i < TRIES; i++) {
        wr_slice request;
        long status = 0;
        WR_AUTO_BUF body = wr_buf_new(64 * WR_KIB);
        st = wr_ledger_witness_request(l, old, a, &request, err);
        if (st == WR_OK)
            st = post(full.at, request, &status, &body, err);
        if (st != WR_OK)
            return st;
        if (status == 200)
            return wr_ledger_add_cosignature(l, wr_buf_slice(&body), witness_key, ret_time, err);
        if (status != 409 || !size_told(wr_buf_slice(&body), old, &old))
            return refused(full.at, status, wr_buf_slice(&body), err);
    }
    return wr_err(err, WR_IO, "the witness's size keeps changing");
}
