/* Groups, links and datasets of an HDF5 file. */
#include "hdf5_in.h"

#define HEADER_LEAST 12u /* bytes of the smallest object header */
#define LEVELS_MOST 32u
#define NAME_MOST ((size_t)64 << 10)

typedef struct {
    wr_hdf5_file *f;
    const wr_hdf5_walk *w;
    uint64_t *visited;
    size_t visited_size;  /* a power of two, more than twice the objects that can be */
    size_t objects, objects_most;
    unsigned depth;
} walk;

typedef struct {
    walk *w;
    wr_slice name;
    uint64_t tree, heap;            /* of a group of the older kind */
    uint64_t link_heap, link_tree;  /* of many links */
    bool group, space, type, layout;
    wr_hdf5_dataset d;
} object;

static void visit(walk *w, uint64_t at, wr_slice name);

static bool first_visit(walk *w, uint64_t at)
{
    for (uint64_t i = at * 0x9e3779b97f4a7c15u >> 40; ; i++) {
        uint64_t *slot = &w->visited[i & (w->visited_size - 1)];
        if (*slot == at + 1)
            return false;
        if (*slot == 0) {
            *slot = at + 1;
            return true;
        }
    }
}

static wr_slice joined(walk *w, wr_slice group, wr_slice name)
{
    const wr_slice s = group.len == 0 ? wr_arena_dup(w->w->a, name)
                                      : wr_arena_printf(w->w->a, WR_FMT "/" WR_FMT, WR_ARG(group), WR_ARG(name));
    if (s.at == NULL)
        hdf5_cannot(w->f, "its names need more memory than allowed");
    return s;
}

/* ---- links (IV.A.2.g) ---- */

static void link_message(void *ctx, wr_slice data)
{
    object *o = ctx;
    walk *w = o->w;
    wr_cursor c = wr_cursor_of(data);
    const uint8_t version = wr_u8(&c), flags = wr_u8(&c);
    const uint8_t type = (flags & 8) != 0 ? wr_u8(&c) : 0;
    wr_skip(&c, ((flags & 4) != 0 ? 8 : 0) + ((flags & 16) != 0 ? 1 : 0));
    const wr_slice name = wr_take(&c, hdf5_sized(&c, 1u << (flags & 3)));
    if (version != 1)
        wr_fail(&c, "a link of a version that is not known");
    if (type == 0) {
        const uint64_t at = hdf5_sized(&c, w->f->offsets);
        if (wr_ok(&c))
            visit(w, at, joined(w, o->name, name));
    } else if (type == 64) {
        const uint64_t here = data.at != NULL ? (uint64_t)(data.at - w->f->bytes.at) : 0;
        const wr_slice value = wr_take(&c, wr_u16le(&c));
        const wr_slice file = wr_slice_from(value, 1);
        if (wr_ok(&c) && w->w->elsewhere != NULL)
            w->w->elsewhere(w->w->ctx, joined(w, o->name, name), wr_slice_part(file, 0, wr_slice_find_char(file, '\0')), here);
    } else if (type != 1)
        wr_fail(&c, "a link of a kind that is not known");
    if (!wr_ok(&c))
        hdf5_cannot(w->f, c.why);
}

/* ---- groups of the older kind (III.A.1, III.C, III.D) ---- */

static wr_slice local_text(walk *w, uint64_t heap, uint64_t offset)
{
    wr_cursor c = hdf5_at(w->f, heap);
    wr_expect(&c, "HEAP");
    wr_skip(&c, 4);
    const uint64_t size = hdf5_sized(&c, w->f->lengths);
    wr_skip(&c, w->f->lengths);
    wr_cursor d = hdf5_at(w->f, hdf5_sized(&c, w->f->offsets));
    const wr_slice segment = wr_ok(&c) ? wr_take(&d, size) : (wr_slice){ 0 };
    const wr_slice rest = wr_slice_part(segment, offset < segment.len ? (size_t)offset : segment.len, NAME_MOST);
    const wr_slice name = wr_slice_part(rest, 0, wr_slice_find_char(rest, '\0'));
    if (rest.len == 0)
        hdf5_cannot(w->f, "a name is not where it should be");
    else if (name.len == NAME_MOST)
        hdf5_cannot(w->f, "a name is longer than is followed");
    return name;
}

static void symbols(object *o, uint64_t at)
{
    walk *w = o->w;
    wr_cursor c = hdf5_at(w->f, at);
    wr_expect(&c, "SNOD");
    wr_skip(&c, 2);
    const uint16_t count = wr_u16le(&c);
    for (uint16_t i = 0; i < count && wr_ok(&c) && hdf5_step(w->f); i++) {
        const uint64_t name = hdf5_sized(&c, w->f->offsets), address = hdf5_sized(&c, w->f->offsets);
        const uint32_t cached = wr_u32le(&c);
        wr_skip(&c, 20);
        if (wr_ok(&c) && cached != 2 && address != WR_HDF5_UNDEFINED) /* 2: a symbolic link */
            visit(w, address, joined(w, o->name, local_text(w, o->heap, name)));
    }
    if (!wr_ok(&c))
        hdf5_cannot(w->f, c.why);
}

static void group_tree(object *o, uint64_t at, unsigned depth)
{
    walk *w = o->w;
    wr_cursor c = hdf5_at(w->f, at);
    wr_expect(&c, "TREE");
    if (wr_u8(&c) != 0 || depth > LEVELS_MOST)
        wr_fail(&c, "a group's list does not hold together");
    const uint8_t level = wr_u8(&c);
    const uint16_t count = wr_u16le(&c);
    wr_skip(&c, 2ull * w->f->offsets + w->f->lengths);
    for (uint16_t i = 0; i < count && wr_ok(&c) && hdf5_step(w->f); i++) {
        const uint64_t child = hdf5_sized(&c, w->f->offsets);
        wr_skip(&c, w->f->lengths);
        if (!wr_ok(&c))
            break;
        if (level > 0)
            group_tree(o, child, depth + 1);
        else
            symbols(o, child);
    }
    if (!wr_ok(&c))
        hdf5_cannot(w->f, c.why);
}

/* ---- datasets ---- */

static void dataspace(object *o, wr_slice data)
{
    wr_cursor c = wr_cursor_of(data);
    const uint8_t version = wr_u8(&c), rank = wr_u8(&c);
    wr_skip(&c, version == 1 ? 6 : 2);
    o->space = version >= 1 && version <= 2 && rank <= WR_HDF5_DIMS_MOST;
    o->d.rank = rank;
    for (unsigned i = 0; o->space && i < rank; i++)
        o->d.dims[i] = hdf5_sized(&c, o->w->f->lengths);
    if (!wr_ok(&c) || !o->space)
        hdf5_cannot(o->w->f, "the shape of a dataset cannot be read");
}

static void datatype(object *o, wr_slice data)
{
    wr_cursor c = wr_cursor_of(data);
    o->d.class_ = wr_u8(&c) & 0x0f;
    const uint8_t bits = wr_u8(&c);
    wr_skip(&c, 2);
    o->d.size = wr_u32le(&c);
    o->d.is_signed = (bits & 8) != 0;
    o->d.big = (bits & 1) != 0;
    o->type = wr_ok(&c);
}

/* IV.A.2.i: versions 1 to 4. */
static void layout(object *o, wr_slice data)
{
    const wr_hdf5_file *f = o->w->f;
    wr_cursor c = wr_cursor_of(data);
    const uint8_t version = wr_u8(&c);
    uint8_t kind;
    o->layout = true;
    o->d.layout = WR_HDF5_NOWHERE;
    if (version < 3) {
        const uint8_t rank = wr_u8(&c);
        kind = wr_u8(&c);
        wr_skip(&c, 5);
        o->d.at = kind != 0 ? hdf5_sized(&c, f->offsets) : 0;
        uint64_t len = 1;
        for (unsigned i = 0; i < rank; i++) {
            const uint32_t n = wr_u32le(&c);
            len = n > 0 && len > (1ull << 56) / n ? 1ull << 56 : len * n;
        }
        o->d.len = kind == 0 ? wr_u32le(&c) : len;
        if (kind == 0)
            o->d.at = (uint64_t)(data.at - f->bytes.at) + wr_offset(&c);
        if (kind == 1)
            o->d.len = UINT64_MAX; /* by its shape */
    } else {
        kind = wr_u8(&c);
        if (kind == 0) {
            o->d.len = wr_u16le(&c);
            o->d.at = (uint64_t)(data.at - f->bytes.at) + wr_offset(&c);
        } else if (kind == 1) {
            o->d.at = hdf5_sized(&c, f->offsets);
            o->d.len = hdf5_sized(&c, f->lengths);
        }
    }
    if (!wr_ok(&c) || version < 1 || version > 4 || kind > 3)
        hdf5_cannot(o->w->f, "where a dataset lies cannot be read");
    else
        o->d.layout = kind == 1 && o->d.at == WR_HDF5_UNDEFINED ? WR_HDF5_NOWHERE : (wr_hdf5_layout)kind;
}

static void external(object *o, wr_slice data)
{
    const wr_hdf5_file *f = o->w->f;
    wr_cursor c = wr_cursor_of(data);
    wr_skip(&c, 6);
    const uint16_t used = wr_u16le(&c);
    const uint64_t heap = hdf5_sized(&c, f->offsets), name = hdf5_sized(&c, f->lengths);
    o->d.external = true;
    o->d.external_name = wr_ok(&c) && used > 0 ? local_text(o->w, heap, name) : (wr_slice){ 0 };
}

static void message(void *ctx, unsigned type, uint8_t flags, wr_slice data)
{
    object *o = ctx;
    wr_cursor c = wr_cursor_of(data);
    const unsigned size = o->w->f->offsets;
    if ((flags & 2) != 0 && (type == H5_DATASPACE || type == H5_LAYOUT || type == H5_LINK)) {
        hdf5_cannot(o->w->f, "a part of an object is shared");
        return;
    }
    switch (type) {
    case H5_DATASPACE: dataspace(o, data); break;
    case H5_DATATYPE:
        if ((flags & 2) == 0)
            datatype(o, data);
        break;
    case H5_LAYOUT: layout(o, data); break;
    case H5_EXTERNAL_FILES: external(o, data); break;
    case H5_LINK:
        o->group = true;
        link_message(o, data);
        break;
    case H5_LINK_INFO:
        o->group = true;
        (void)wr_u8(&c);
        wr_skip(&c, (wr_u8(&c) & 1) != 0 ? 8 : 0);
        o->link_heap = hdf5_sized(&c, size);
        o->link_tree = hdf5_sized(&c, size);
        break;
    case H5_SYMBOL_TABLE:
        o->group = true;
        o->tree = hdf5_sized(&c, size);
        o->heap = hdf5_sized(&c, size);
        break;
    default: break;
    }
    if (!wr_ok(&c))
        hdf5_cannot(o->w->f, c.why);
}

static void visit(walk *w, uint64_t at, wr_slice name)
{
    if (w->objects >= w->objects_most) {
        hdf5_cannot(w->f, "the file has more objects than are followed");
        return;
    }
    if (w->depth >= WR_HDF5_DEPTH_MOST) {
        hdf5_cannot(w->f, "its groups are nested deeper than is followed");
        return;
    }
    if (name.at == NULL && w->depth > 0)
        return;
    if (!first_visit(w, at))
        return;
    w->objects++;
    w->depth++;
    object o = { .w = w, .name = name, .tree = WR_HDF5_UNDEFINED, .link_heap = WR_HDF5_UNDEFINED };
    hdf5_header(w->f, at, message, &o);
    if (o.link_heap != WR_HDF5_UNDEFINED)
        hdf5_heap_each(w->f, o.link_heap, o.link_tree, 4, link_message, &o);
    if (o.tree != WR_HDF5_UNDEFINED)
        group_tree(&o, o.tree, 0);
    o.d.name = name;
    if (o.space && o.layout && w->w->dataset != NULL)
        w->w->dataset(w->w->ctx, &o.d);
    else if (o.group && w->w->group != NULL)
        w->w->group(w->w->ctx, name);
    w->depth--;
}

void wr_hdf5_walk_all(wr_hdf5_file *f, const wr_hdf5_walk *how)
{
    walk w = { .f = f, .w = how, .visited_size = 64 };
    w.objects_most = how->objects_most < WR_HDF5_OBJECTS_MOST ? how->objects_most : WR_HDF5_OBJECTS_MOST;
    while (w.visited_size < 2 * w.objects_most + 2 && w.visited_size < 2 * (f->bytes.len / HEADER_LEAST) + 2)
        w.visited_size *= 2;
    if (w.objects_most > w.visited_size / 2) /* the table must never be full */
        w.objects_most = w.visited_size / 2;
    w.visited = wr_alloc(w.visited_size * sizeof *w.visited);
    if (w.visited == NULL)
        hdf5_cannot(f, "not enough memory to follow its objects");
    else
        visit(&w, f->root, (wr_slice){ 0 });
    wr_free(w.visited);
}
