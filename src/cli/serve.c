/* serve.c - what runs until it is told to stop, and having a log witnessed. */
#include "cli/commands.h"

#include <warrant/server.h>

#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

/* SIGINT and SIGTERM as a file descriptor, so that what is under way ends well. */
static int stop_signal(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    if (sigprocmask(SIG_BLOCK, &set, NULL) != 0)
        return -1;
    (void)signal(SIGPIPE, SIG_IGN);
    return signalfd(-1, &set, SFD_CLOEXEC);
}

static void ledger_ready(void *ctx)
{
    cli *c = ctx;
    printf("Owning the ledger of %s; other commands hand their records over. Stop with Ctrl-C.\n", wr_workspace_dir(c->workspace));
    fflush(stdout);
}

static int serve_ledger(cli *c, int stop)
{
    if (!cli_open(c, WR_WS_WRITE, false))
        return cli_fail(c);
    if (wr_workspace_ledger(c->workspace) == NULL) {
        wr_err(&c->err, WR_BUSY, "another `warrant serve` owns this workspace already");
        return cli_fail(c);
    }
    if (wr_serve_ledger(c->workspace, stop, ledger_ready, c, &c->err) != WR_OK)
        return cli_fail(c);
    if (!c->quiet)
        puts("Stopped; everything acknowledged is kept.");
    return CLI_DONE;
}

typedef struct {
    cli *c;
    wr_slice key;
} witnessing;

static void witness_ready(void *ctx, uint16_t port)
{
    const witnessing *w = ctx;
    printf("Witness on http://127.0.0.1:%u\nIts key, for `warrant ledger witness --key`: " WR_FMT "\n", (unsigned)port, WR_ARG(w->key));
    fflush(stdout);
}

static int serve_witness(cli *c, int stop)
{
    uint64_t port = 0;
    const char *dir = c->arg_count > 0 ? c->args[0] : "warrant-witness";
    if (cli_value(c, "port") && (!wr_parse_u64(cli_text(c, "port"), &port) || port > 65535))
        return cli_usage(c, "--port takes a number up to 65535");
    const wr_slice name = cli_value(c, "name") ? cli_text(c, "name") : WR_SLICE("witness.local");
    wr_witness *w = NULL;
    witnessing ctx = { c, { 0 } };
    wr_status st = wr_io_mkdirs(wr_io_real(), dir, 0700, &c->err);
    if (st == WR_OK)
        st = wr_witness_open(wr_io_real(), dir, name, &w, &c->err);
    for (int i = 0; st == WR_OK && i < c->given_count; i++)
        if (strcmp(c->given[i].option->name, "trust") == 0)
            st = wr_witness_trust(w, wr_slice_of(c->given[i].value), &c->err);
    if (st == WR_OK)
        st = wr_witness_key(w, c->arena, &ctx.key, &c->err);
    if (st == WR_OK)
        st = wr_serve_witness(w, (uint16_t)port, stop, witness_ready, &ctx, &c->err);
    wr_witness_close(w);
    return st == WR_OK ? CLI_DONE : cli_fail(c);
}

static int run(cli *c)
{
    const bool ledger = cli_flag(c, "ledger-only"), witness = cli_flag(c, "witness");
    if (ledger == witness)
        return cli_usage(c, "say what to serve: --ledger-only, or --witness [FOLDER]");
    if (ledger && c->arg_count > 0)
        return cli_usage(c, "--ledger-only takes no folder; name a workspace with --workspace");
    const int stop = stop_signal();
    if (stop < 0)
        return cli_usage(c, "cannot catch signals here");
    const int status = ledger ? serve_ledger(c, stop) : serve_witness(c, stop);
    close(stop);
    return status;
}

static const cli_option options[] = {
    { "ledger-only", NULL, "own the workspace's ledger and store; other commands hand their records over", 0 },
    { "witness", NULL, "be a witness for other logs, with key and memory in FOLDER (default: warrant-witness here)", 0 },
    { "trust", "KEY", "witness: also serve the log with this verifier key (`warrant ledger checkpoint --key` there)", 0 },
    { "name", "NAME", "witness: its name, given on the first start (default: witness.local)", 0 },
    { "port", "N", "witness: port on 127.0.0.1 (default: any free one, which is printed)", 0 },
    { NULL, NULL, NULL, 0 },
};
static const char *const examples[] = {
    "warrant serve --ledger-only",
    "warrant serve --witness /var/lib/warrant-witness --name witness.example.org/1 --port 7380 --trust \"$(cat their.key)\"",
    NULL,
};
const cli_command command_serve = {
    "serve", "[FOLDER]", 0, 1, "Own a ledger for several writers, or witness other logs",
    "A witness listens on 127.0.0.1 only: put a TLS proxy in front of it to reach it from elsewhere.", options, examples, run,
};

/* ---- having a log witnessed ---- */

static int run_witness(cli *c)
{
    if (cli_value(c, "key") == NULL)
        return cli_usage(c, "say whose signature is expected: --key KEY, which the witness prints when it starts");
    if (!cli_open(c, WR_WS_WRITE, false))
        return cli_fail(c);
    wr_ledger *l = wr_workspace_ledger(c->workspace);
    if (l == NULL) {
        wr_err(&c->err, WR_BUSY, "a running `warrant serve` owns this workspace's ledger");
        wr_err_todo(&c->err, "stop it for a moment, and run this again");
        return cli_fail(c);
    }
    int64_t at = 0;
    wr_ledger_report r;
    if (wr_ledger_publish(l, &c->err) != WR_OK ||
        wr_witness_ask(l, c->args[0], cli_text(c, "key"), cli_flag(c, "insecure"), c->arena, &at, &c->err) != WR_OK ||
        wr_ledger_verify(l, c->arena, NULL, NULL, &r, &c->err) != WR_OK)
        return cli_fail(c);
    const wr_slice key = cli_text(c, "key"), name = wr_slice_part(key, 0, wr_slice_find_char(key, '+'));
    wr_value *body = WR_OBJECT_OF(c->arena, WR_NUMBER("size", r.checkpoint_size), WR_TEXT("root", wr_hex_of(c->arena, r.root.bytes, 32)),
                                            WR_TEXT("witness", name), WR_NUMBER("time", at));
    const wr_record record = { WR_SLICE("ledger.witnessed"), 1, wr_now(), wr_workspace_origin(c->workspace), body };
    uint64_t index;
    if (wr_workspace_add(c->workspace, &record, 1, &index, &c->err) != WR_OK)
        return cli_fail(c);
    if (c->json)
        cli_json(c, body);
    else
        printf("Cosigned by " WR_FMT " at " WR_FMT ": the first %llu entries can no longer be rewritten unnoticed.\n", WR_ARG(name),
               WR_ARG(wr_time_text(c->arena, at)), (unsigned long long)r.checkpoint_size);
    return CLI_DONE;
}

static const cli_option witness_options[] = {
    { "key", "KEY", "the witness's verifier key: its signature must verify with it", 'k' },
    { "insecure", NULL, "allow http to another machine than this one", 0 },
    { NULL, NULL, NULL, 0 },
};
static const char *const witness_examples[] = { "warrant ledger witness https://witness.example.org/1 --key \"$(cat witness.key)\"", NULL };
const cli_command command_ledger_witness = {
    "ledger witness", "URL", 1, 1, "Have a second party sign the newest checkpoint",
    "Sends the checkpoint and a consistency proof (C2SP tlog-witness), verifies the cosignature and stores it. Reports then\n"
    "say when the log was last anchored outside.",
    witness_options, witness_examples, run_witness,
};
