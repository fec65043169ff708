#include "cli/commands.h"

#include <stdlib.h>

/* The ledger, to read; *ret_own is to be closed by the caller where a running `warrant serve` owns the other one. NULL:
 * c->err is set. */
static wr_ledger *ledger_to_read(cli *c, wr_ledger **ret_own)
{
    *ret_own = NULL;
    wr_ledger *l = wr_workspace_ledger(c->workspace);
    if (l != NULL)
        return l;
    const wr_slice dir = wr_arena_printf(c->arena, "%s/ledger", wr_workspace_dir(c->workspace));
    if (dir.at == NULL || wr_ledger_open(wr_io_real(), dir.at, WR_LEDGER_READ, ret_own, &c->err) != WR_OK)
        return NULL;
    return *ret_own;
}


static void progress(void *ctx, uint64_t done, uint64_t of)
{
    cli_progress_show(ctx, "Verifying: %llu of %llu entries", (unsigned long long)done, (unsigned long long)of);
}

static wr_slice anchor_text(cli *c, int64_t at, wr_slice by)
{
    if (at == 0)
        return WR_SLICE("never anchored outside");
    return wr_arena_printf(c->arena, "last anchored outside " WR_FMT " by " WR_FMT, WR_ARG(wr_time_text(c->arena, at)), WR_ARG(by));
}

/* The verdict is a record too, so that the check `ledger-intact` can read when this last ran. */
static bool keep_verdict(cli *c, const wr_ledger_report *r)
{
    wr_value *body = WR_OBJECT_OF(c->arena, WR_NUMBER("size", r->entries), WR_TEXT("root", wr_hex_of(c->arena, r->root.bytes, 32)),
                                            WR_BOOL("intact", true));
    const wr_record record = { WR_SLICE("ledger.verified"), 1, wr_now(), wr_workspace_origin(c->workspace), body };
    uint64_t index;
    return wr_workspace_add(c->workspace, &record, 1, &index, &c->err) == WR_OK;
}

static int run_verify(cli *c)
{
    wr_ledger_report r;
    const bool keep = !cli_flag(c, "read-only");
    if (!cli_open(c, keep ? WR_WS_WRITE : WR_WS_READ, false))
        return cli_fail(c);
    wr_ledger *own, *l = ledger_to_read(c, &own);
    cli_progress p = cli_progress_new(c);
    if (l == NULL)
        return cli_fail(c);
    wr_status st = wr_ledger_verify(l, c->arena, progress, &p, &r, &c->err);
    cli_progress_end(&p);
    if (wr_ledger_close(own, st == WR_OK ? &c->err : NULL) != WR_OK && st == WR_OK)
        st = WR_IO;
    if (st != WR_OK || (keep && !keep_verdict(c, &r)))
        return cli_fail(c);
    if (c->json) {
        cli_json(c, WR_OBJECT_OF(c->arena, WR_TEXT("origin", wr_workspace_origin(c->workspace)), WR_BOOL("intact", true),
                                           WR_NUMBER("entries", r.entries), WR_NUMBER("payloads_erased", r.payload_erased),
                                           WR_NUMBER("bytes", r.bytes), WR_TEXT("root", wr_hex_of(c->arena, r.root.bytes, 32)),
                                           WR_ONLY_IF(r.anchored_at > 0, WR_NUMBER("anchored_at", r.anchored_at))));
        return CLI_DONE;
    }
    printf("The ledger is intact: %llu entries (" WR_FMT "), %llu payload%s erased, root %.16s...; " WR_FMT ".\n",
           (unsigned long long)r.entries, WR_ARG(wr_human_bytes(c->arena, r.bytes)), (unsigned long long)r.payload_erased,
           r.payload_erased == 1 ? "" : "s", wr_hex_of(c->arena, r.root.bytes, 32).at, WR_ARG(anchor_text(c, r.anchored_at, r.anchored_by)));
    if (r.anchored_at == 0)
        puts("A log on one machine proves order and integrity to those who kept a checkpoint. `warrant ledger witness` has a second party sign it.");
    return CLI_DONE;
}

static const cli_option verify_options[] = {
    { "read-only", NULL, "do not record that it was verified", 0 },
    { NULL, NULL, NULL, 0 },
};
static const char *const verify_examples[] = { "warrant ledger verify", NULL };
const cli_command command_ledger_verify = { "ledger verify", "", 0, 0, "Re-read every record; name the first wrong byte", NULL,
    verify_options, verify_examples, run_verify };

static bool index_of(cli *c, uint64_t *ret)
{
    if (wr_parse_u64(wr_slice_of(c->args[0]), ret))
        return true;
    cli_usage(c, "\"%.40s\" is no entry number", c->args[0]);
    return false;
}

static int run_show(cli *c)
{
    uint64_t n;
    wr_record r;
    wr_encoded e;
    if (!index_of(c, &n))
        return CLI_USAGE;
    if (!cli_open(c, WR_WS_READ, false))
        return cli_fail(c);
    wr_ledger *l = wr_workspace_ledger(c->workspace); /* a reader always has it */
    if (wr_ledger_get(l, n, c->arena, &e, &c->err) != WR_OK || wr_ledger_record(l, n, c->arena, &r, &c->err) != WR_OK)
        return cli_fail(c);
    cli_json(c, WR_OBJECT_OF(c->arena, WR_NUMBER("index", n), WR_TEXT("type", r.type), WR_NUMBER("version", r.version),
                                       WR_TEXT("time", wr_time_text(c->arena, r.time)), WR_TEXT("subject", r.subject),
                                       WR_VALUE("body", r.body ? wr_copy(c->arena, r.body) : wr_new_null(c->arena)),
                                       WR_TEXT("entry", e.entry)));
    return CLI_DONE;
}

static const char *const show_examples[] = { "warrant ledger show 0", NULL };
const cli_command command_ledger_show = { "ledger show", "N", 1, 1, "One record: its entry in the log and what it says", NULL, NULL,
    show_examples, run_show };

/* To a file, or out; with --json as the member `name` of one object. */
static int write_out(cli *c, const char *name, wr_slice text)
{
    if (c->json) {
        wr_value *v = wr_new_object(c->arena);
        wr_put_string(c->arena, v, name, text);
        cli_json(c, v);
        return CLI_DONE;
    }
    const char *path = cli_value(c, "output");
    if (path != NULL) {
        if (wr_io_write_file(wr_io_real(), path, text, 0644, &c->err) != WR_OK)
            return cli_fail(c);
        if (!c->quiet)
            fprintf(stderr, "Wrote %s\n", path);
        return CLI_DONE;
    }
    fwrite(text.at, 1, text.len, stdout);
    return CLI_DONE;
}

static int run_prove(cli *c)
{
    uint64_t n;
    wr_slice proof;
    if (!index_of(c, &n))
        return CLI_USAGE;
    if (!cli_open(c, WR_WS_READ, false))
        return cli_fail(c);
    wr_ledger *l = wr_workspace_ledger(c->workspace); /* a reader always has it */
    if (wr_ledger_prove(l, n, c->arena, &proof, &c->err) != WR_OK)
        return cli_fail(c);
    return write_out(c, "proof", proof);
}

static const cli_option output_options[] = {
    { "output", "FILE", "write there", 'o' },
    { NULL, NULL, NULL, 0 },
};
static const char *const prove_examples[] = { "warrant ledger prove 12 -o entry-12.tlog-proof", NULL };
const cli_command command_ledger_prove = { "ledger prove", "N", 1, 1, "Inclusion proof of an entry, in C2SP tlog-proof form", NULL,
    output_options, prove_examples, run_prove };

static int run_checkpoint(cli *c)
{
    wr_slice note, key;
    if (!cli_open(c, WR_WS_READ, false))
        return cli_fail(c);
    wr_ledger *l = wr_workspace_ledger(c->workspace); /* a reader always has it */
    if (wr_ledger_checkpoint(l, c->arena, &note, &c->err) != WR_OK || wr_ledger_verifier_key(l, c->arena, &key, &c->err) != WR_OK)
        return cli_fail(c);
    if (cli_flag(c, "key"))
        return write_out(c, "verifier_key", wr_arena_printf(c->arena, c->json ? WR_FMT : WR_FMT "\n", WR_ARG(key)));
    return write_out(c, "checkpoint", note);
}

static const cli_option checkpoint_options[] = {
    { "key", NULL, "print the verifier key instead, to give to whoever verifies", 'k' },
    { "output", "FILE", "write there", 'o' },
    { NULL, NULL, NULL, 0 },
};
static const char *const checkpoint_examples[] = { "warrant ledger checkpoint", "warrant ledger checkpoint --key", NULL };
const cli_command command_ledger_checkpoint = { "ledger checkpoint", "", 0, 0, "The newest signed checkpoint, to keep or send to somebody",
    NULL, checkpoint_options, checkpoint_examples, run_checkpoint };

static int run_erase(cli *c)
{
    uint64_t n;
    if (!index_of(c, &n))
        return CLI_USAGE;
    if (cli_value(c, "why") == NULL || wr_slice_trim(cli_text(c, "why")).len == 0)
        return cli_usage(c, "erasing wants --why TEXT: the reason stays in the ledger");
    if (!cli_open(c, WR_WS_WRITE, false) || wr_workspace_erase(c->workspace, n, cli_text(c, "why"), cli_by(c), &c->err) != WR_OK)
        return cli_fail(c);
    if (c->json) {
        wr_value *v = wr_new_object(c->arena);
        wr_put_int(c->arena, v, "erased", (int64_t)n);
        cli_json(c, v);
        return CLI_DONE;
    }
    printf("The payload of entry %llu is gone. Its commitment and a tombstone stay, and every proof still holds.\n", (unsigned long long)n);
    return CLI_DONE;
}

static const cli_option erase_options[] = {
    { "why", "TEXT", "the reason, kept in the ledger", 0 },
    { "by", "NAME", "who orders it (default: your login name)", 0 },
    { NULL, NULL, NULL, 0 },
};
static const char *const erase_examples[] = { "warrant ledger erase 41 --why \"held a patient's name\"", NULL };
const cli_command command_ledger_erase = { "ledger erase", "N", 1, 1, "Remove a record's payload and leave a tombstone", NULL,
    erase_options, erase_examples, run_erase };
