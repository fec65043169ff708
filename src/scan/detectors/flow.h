/* flow.h - a flow that somebody put together without code (n8n, Flowise, Langflow, Dify): nodes, what is attached to what,
 * and where data goes. The readers of each tool fill it; flow_conclude makes the assets.
 *
 * What is attached (a model, a tool, a store) belongs to the agent or the step that it leads to. A step is one call of a
 * model: the flow itself makes it. What data reaches from a trigger that outsiders can use is untrusted; what an agent's
 * output reaches is what the agent can do, held back where every way passes a person.
 *
 * Borrows  slices point into the file's values; node pointers are good until the next flow_add.
 * Bounds   FLOW_NODES_MOST nodes, FLOW_LINKS_MOST links; each agent's reach is walked once.
 * Fails    past a bound the file is said to be unread in part.
 * Threads  no state. */
#ifndef WR_DETECTORS_FLOW_H
#define WR_DETECTORS_FLOW_H

#include "configured.h"

#define FLOW_NODES_MOST 2000u
#define FLOW_LINKS_MOST 8000u
#define FLOW_NONE UINT32_MAX

typedef struct {
    wr_slice id, title, type;
    const wr_part_entry *part;   /* NULL: nothing that the catalogue knows */
    wr_slice means;
    wr_slice model, url, collection;
    wr_slice effect;             /* said by the file: goes before the catalogue's */
    uint64_t line;
    int64_t max_steps;           /* 0: not said */
    bool approval;               /* a person decides here */
    bool gated;                  /* a call of this tool waits for a person */
    bool closed;                 /* a trigger that asks who calls */
    bool off;
    wr_asset *asset;             /* made by flow_conclude */
} flow_node;

typedef enum { FLOW_DATA, FLOW_ATTACH, FLOW_LEADS } flow_link_kind;
typedef struct { uint32_t from, to; flow_link_kind kind; } flow_link_of;
typedef struct { uint32_t node; const char *what, *role; wr_slice text; uint64_t line; } flow_text;
typedef struct { uint32_t node; wr_slice type, name; uint64_t line; } flow_key;

typedef struct {
    wr_look *l;
    const wr_file *f;
    wr_slice tool;               /* whose parts these are: "n8n" */
    const char *framework;       /* for people: "n8n" */
    const char *vault;           /* how credentials are kept: vault, environment, file */
    wr_slice name;               /* of the flow */
    uint64_t line;
    flow_node *nodes;
    flow_link_of *links;
    flow_text *texts;
    flow_key *keys;
    uint32_t count, link_count, text_count, key_count;
    bool over;
} flow;

WR_MUST_USE bool flow_begin(flow *w, wr_look *l, const wr_file *f, const char *tool, const char *framework);
/* FLOW_NONE where there is no more room. `type` is looked up in the catalogue as tool:type. */
uint32_t flow_add(flow *w, wr_slice id, wr_slice title, wr_slice type, uint64_t line);
uint32_t flow_find(const flow *w, wr_slice id);
void flow_link(flow *w, uint32_t from, uint32_t to, flow_link_kind kind);
void flow_say(flow *w, uint32_t node, const char *what, const char *role, wr_slice text, uint64_t line);
void flow_credential(flow *w, uint32_t node, wr_slice type, wr_slice name, uint64_t line);
bool flow_means(const flow_node *n, const char *what);
void flow_conclude(flow *w);

/* A text of a settings object by any of these names (NULL-ended): a string, or {value}. */
wr_slice flow_setting(const wr_value *settings, const char *const *names, uint64_t *ret_line);

/* The readers: true where the file is theirs. */
bool flow_read_n8n(wr_look *l, const wr_file *f, const wr_value *doc);
bool flow_read_flowise(wr_look *l, const wr_file *f, const wr_value *doc);
bool flow_read_langflow(wr_look *l, const wr_file *f, const wr_value *doc);
bool flow_read_dify(wr_look *l, const wr_file *f, const wr_value *doc);

#endif
