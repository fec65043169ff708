/* limits.h - every limit of Warrant in one place. A number here is a promise about memory or time. */
#ifndef WR_LIMITS_H
#define WR_LIMITS_H

#define WR_KIB ((size_t)1024)
#define WR_MIB (1024 * WR_KIB)
#define WR_GIB (1024 * WR_MIB)

/* documents: JSON, YAML, TOML */
#define WR_DEPTH_MOST 64
#define WR_DOC_MOST (64 * WR_MIB)
#define WR_ALIAS_MOST 10000u         /* nodes that YAML aliases may expand to */

/* ledger (C2SP tlog-tiles: an entry is at most 65,535 bytes) */
#define WR_ENTRY_MOST 65535u
#define WR_FIELDS_MOST 1024u         /* top-level fields of a record's body */
#define WR_PAYLOAD_MOST (16 * WR_MIB)
#define WR_SEGMENT_BYTES (256 * WR_MIB) /* a segment is closed once it is this large */
#define WR_BATCH_MOST 4096u          /* records in one group commit */

/* scan */
#define WR_PATH_MOST 4096u
#define WR_TEXT_FILE_MOST (16 * WR_MIB)   /* a text file larger than this is read up to here and said to be incomplete */
#define WR_MANIFEST_MOST (128 * WR_MIB)
#define WR_WORKER_MEMORY (256 * WR_MIB)
#define WR_WORKER_SECONDS 60              /* for one file, plus a second for each 64 MiB of it */
#define WR_FINDINGS_A_FILE_MOST 200u
#define WR_ASSETS_A_FILE_MOST 5000u
#define WR_WALK_DEPTH_MOST 128u
#define WR_MODEL_HEADER_MOST (100 * WR_MIB)
#define WR_ESTATE_MOST (4 * WR_GIB)

/* queries that people type */
#define WR_QUERY_ROWS_MOST 100000u
#define WR_QUERY_SECONDS 30

#endif
