/* CSAF 2.0 and 2.1, profile VEX: products are ids that a tree of branches describes; what has no purl says nothing of a library. */
#include <stdlib.h>

#include "scan/osv/vex.h"

#define TREE_DEPTH 32
#define PRODUCTS_MOST 100000u
#define LIST_MOST 4096u /* of ids beside a reason: each is asked for each product */

typedef struct { wr_slice id, purl; } product;
typedef struct { product *at; size_t count; wr_arena *arena; } products;

static void add_product(products *all, const wr_value *v, wr_slice purl)
{
    const wr_slice id = wr_get_string(v, "product_id");
    const wr_value *helper = wr_get(v, "product_identification_helper");
    if (purl.len == 0)
        purl = wr_get_string(helper, "purl");
    const wr_value *many = wr_get(helper, "purls"); /* CSAF 2.1 */
    if (purl.len == 0 && wr_is(many, WR_ARRAY))
        purl = wr_string(many->u.items.first);
    if (id.len > 0 && purl.len > 0 && all->count < PRODUCTS_MOST)
        all->at[all->count++] = (product){ id, purl };
}

static void branches(products *all, const wr_value *list, int depth)
{
    if (depth == TREE_DEPTH)
        return;
    for (WR_EACH(b, list)) {
        add_product(all, wr_get(b, "product"), (wr_slice){ 0 });
        branches(all, wr_get(b, "branches"), depth + 1);
    }
}

static int by_id(const void *a, const void *b)
{
    return wr_slice_cmp(((const product *)a)->id, ((const product *)b)->id);
}

static wr_slice purl_of(const products *all, wr_slice id)
{
    const product key = { .id = id };
    const product *p = all->count > 0 ? bsearch(&key, all->at, all->count, sizeof key, by_id) : NULL;
    return p != NULL ? p->purl : (wr_slice){ 0 };
}

/* "component X as a part of product Y" is a product of its own: the weakness lies in the component. */
static void relationships(products *all, const wr_value *tree)
{
    const products known = *all;
    for (WR_EACH(r, wr_get(tree, "relationships")))
        add_product(all, wr_get(r, "full_product_name"), purl_of(&known, wr_get_string(r, "product_reference")));
}

static products products_of(wr_osv *o, const wr_value *tree)
{
    products all = { .at = wr_arena_array(o->look, product, PRODUCTS_MOST), .arena = o->look };
    if (all.at == NULL)
        return (products){ 0 };
    branches(&all, wr_get(tree, "branches"), 0);
    for (WR_EACH(p, wr_get(tree, "full_product_names")))
        add_product(&all, p, (wr_slice){ 0 });
    qsort(all.at, all.count, sizeof *all.at, by_id);
    relationships(&all, tree);
    qsort(all.at, all.count, sizeof *all.at, by_id);
    return all;
}

static bool lists(const wr_value *ids, wr_slice id)
{
    size_t seen = 0;
    for (const wr_value *item = wr_is(ids, WR_ARRAY) ? ids->u.items.first : NULL; item != NULL && seen < LIST_MOST; item = item->next, seen++)
        if (wr_slice_eq(wr_string(item), id))
            return true;
    return false;
}

/* Why a product is not affected: a flag's label, else what a threat of the category impact says. */
static wr_slice reason(const wr_value *vulnerability, wr_slice id)
{
    for (WR_EACH(t, wr_get(vulnerability, "threats")))
        if (wr_slice_is(wr_get_string(t, "category"), "impact") && (wr_get(t, "product_ids") == NULL || lists(wr_get(t, "product_ids"), id)))
            return wr_get_string(t, "details");
    for (WR_EACH(f, wr_get(vulnerability, "flags")))
        if (wr_get(f, "product_ids") == NULL || lists(wr_get(f, "product_ids"), id))
            return wr_get_string(f, "label");
    return (wr_slice){ 0 };
}

bool vex_is_csaf(const wr_value *v)
{
    return wr_get_string(wr_get(v, "document"), "csaf_version").len > 0;
}

void vex_csaf(wr_osv *o, const wr_value *v, wr_osv_counts *counts)
{
    static const struct { const char *list, *status; } states[] = {
        { "known_not_affected", "not_affected" }, { "fixed", "fixed" }, { "first_fixed", "fixed" }, { "known_affected", "affected" },
        { "under_investigation", "under_investigation" } };
    const products all = products_of(o, wr_get(v, "product_tree"));
    const wr_slice author = wr_get_string(wr_get(wr_get(v, "document"), "publisher"), "name");
    for (WR_EACH(item, wr_get(v, "vulnerabilities"))) {
        if (counts->too_many)
            return;
        osv_statement s = { .author = vex_keep(o, author) };
        vex_add_name(o, &s, wr_get_string(item, "cve"));
        for (WR_EACH(id, wr_get(item, "ids")))
            vex_add_name(o, &s, wr_get_string(id, "text"));
        for (size_t i = 0; i < sizeof states / sizeof *states; i++)
            for (WR_EACH(id, wr_get(wr_get(item, "product_status"), states[i].list))) {
                s.status = wr_slice_of(states[i].status);
                s.why = vex_keep(o, reason(item, wr_string(id)));
                (void)vex_state(o, &s, purl_of(&all, wr_string(id)), counts);
            }
    }
}
