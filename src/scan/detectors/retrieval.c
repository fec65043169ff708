/* retrieval.c - code that opens a vector store: what a system retrieves from. */
#include "calls.h"

static const char *const called_exts[] = { "py", "ipynb", "js", "mjs", "cjs", "ts", "tsx", "mts", NULL };

static bool wants(const wr_file *f)
{
    static const char *const exts[] = { "py", "ipynb", "js", "mjs", "cjs", "ts", "tsx", "mts", "sql", "go", "java", "kt", "rs", "cs", "rb", "php", NULL };
    return f->text && wr_word_in(exts, wr_path_ext(f->path));
}

/* `call` is the whole dotted name, or its beginning where it ends with a dot, or its end where it begins with one. */
static const struct { const char *call, *store; } stores[] = {
    { "QdrantClient", "qdrant" }, { "AsyncQdrantClient", "qdrant" }, { "QdrantVectorStore", "qdrant" }, { "QdrantVectorStore.", "qdrant" },
    { "Qdrant.from_", "qdrant" }, { "Chroma", "chroma" }, { "Chroma.from_", "chroma" }, { "ChromaVectorStore", "chroma" },
    { "chromadb.PersistentClient", "chroma" }, { "chromadb.HttpClient", "chroma" }, { "chromadb.CloudClient", "chroma" }, { "ChromaClient", "chroma" },
    { "PineconeVectorStore", "pinecone" }, { "PineconeVectorStore.", "pinecone" }, { "PineconeStore.", "pinecone" }, { "Pinecone", "pinecone" },
    { "pinecone.Index", "pinecone" }, { "MilvusClient", "milvus" }, { "Milvus", "milvus" }, { "Milvus.from_", "milvus" }, { "MilvusVectorStore", "milvus" },
    { "weaviate.connect_to_local", "weaviate" }, { "weaviate.connect_to_weaviate_cloud", "weaviate" }, { "weaviate.connect_to_custom", "weaviate" },
    { "weaviate.Client", "weaviate" }, { "WeaviateVectorStore", "weaviate" }, { "WeaviateStore.", "weaviate" }, { "FAISS.from_", "faiss" },
    { "FAISS.load_local", "faiss" }, { "faiss.read_index", "faiss" }, { "PGVector", "pgvector" }, { "PGVector.from_", "pgvector" },
    { "PGVectorStore", "pgvector" }, { "PGVectorStore.", "pgvector" }, { "lancedb.connect", "lancedb" }, { "LanceDB.from_", "lancedb" },
    { "OpenSearchVectorSearch", "opensearch" }, { "ElasticsearchStore", "elasticsearch" }, { "RedisVectorStore", "redis" },
    { "SupabaseVectorStore", "supabase" }, { "SupabaseVectorStore.", "supabase" }, { "AzureSearch", "azure-ai-search" },
    { "MongoDBAtlasVectorSearch", "mongodb-atlas" }, { "MongoDBAtlasVectorSearch.", "mongodb-atlas" }, { "HNSWLib.", "hnswlib" },
};

/* One of these is in every name above: a file without any is not read by its calls. */
static const char *const literals[] = { "Qdrant", "Chroma", "chroma", "Pinecone", "pinecone", "Milvus", "weaviate", "Weaviate", "FAISS", "faiss", "PGVector",
    "lancedb", "LanceDB", "OpenSearchVectorSearch", "ElasticsearchStore", "RedisVectorStore", "SupabaseVectorStore", "AzureSearch", "MongoDBAtlas",
        "HNSWLib", NULL };

static const char *store_of(const wr_call *c)
{
    for (size_t i = 0; i < sizeof stores / sizeof stores[0]; i++) {
        const char *name = stores[i].call;
        const size_t n = strlen(name);
        if (name[n - 1] == '.' || name[n - 1] == '_') {
            if (wr_slice_starts(c->name, name))
                return stores[i].store;
        } else if (wr_slice_is(c->name, name)) {
            return stores[i].store;
        }
    }
    return NULL;
}

static wr_slice url_of(const wr_file *f, const wr_call *c)
{
    static const char *const names[] = { "url", "uri", "location", "host", "address", "cluster_url", "endpoint" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const wr_slice v = wr_text_of(f->bytes, wr_argument(c->args, names[i]));
        wr_slice scheme, host, port;
        if (wr_url_parts(v, &scheme, &host, &port) && wr_address_of_host(host)[0] != '\0')
            return v;
    }
    return (wr_slice){ 0 };
}

static void see(wr_look *l, const wr_file *f, const wr_call *c, const char *store)
{
    static const char *const names[] = { "collection_name", "index_name", "collectionName", "indexName", "table_name", "tableName" };
    const wr_place place = wr_at_line(f, c->line);
    const wr_slice url = url_of(f, c);
    const char *how = wr_how(l, "the call of " WR_FMT, WR_ARG(c->name));
    wr_asset *retrieval = wr_see_retrieval(l, wr_slice_of(store), url, f->path, place, how);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const wr_slice collection = wr_text_of(f->bytes, wr_argument(c->args, names[i]));
        if (collection.len > 0 && collection.len < 200)
            wr_estate_add_text(l->estate, retrieval, "collections", collection, place, how);
    }
    if (url.len > 0)
        (void)wr_see_endpoint(l, url, "vector-store", place, how);
}

/* ---- pgvector by its SQL ---- */

#define SQL_BACK 400u

static bool before_has(wr_slice text, size_t at, const char *word)
{
    const size_t from = at > SQL_BACK ? at - SQL_BACK : 0;
    return wr_contains_fold(wr_slice_part(text, from, at - from), word);
}

/* FROM letters ... ORDER BY embedding <-> %s: the table. */
static wr_slice table_before(wr_slice text, size_t at)
{
    const size_t from = at > SQL_BACK ? at - SQL_BACK : 0;
    wr_slice found = { 0 };
    for (size_t i = from; i + 5 < at; i++) {
        if (!wr_slice_eq_fold(wr_slice_part(text, i, 5), WR_SLICE("from ")) || (i > 0 && wr_is_alnum(text.at[i - 1])))
            continue;
        size_t n = i + 5;
        while (n < at && (wr_is_alnum(text.at[n]) || text.at[n] == '_' || text.at[n] == '.'))
            n++;
        found = wr_slice_part(text, i + 5, n - i - 5);
    }
    return found;
}

/* What only pgvector's SQL has: its extension, its classes of operators, an order by distance. */
static void look_sql(wr_look *l, const wr_file *f)
{
    static const struct { const char *mark, *with; } marks[] = { { "EXTENSION IF NOT EXISTS vector", "create" }, { "EXTENSION vector", "create" },
        { "extension if not exists vector", "create" },
        { "vector_l2_ops", "" }, { "vector_cosine_ops", "" }, { "vector_ip_ops", "" }, { "halfvec_cosine_ops", "" }, { " <-> ", "order by" },
        { " <=> ", "order by" }, { " <#> ", "order by" } };
    for (size_t m = 0; m < sizeof marks / sizeof marks[0]; m++) {
        const wr_slice mark = wr_slice_of(marks[m].mark);
        wr_lexer lexer = wr_lexer_of(f);
        wr_line_walk lines = wr_line_walk_of(f->bytes);
        for (size_t at = 0; at < f->bytes.len; at += mark.len) {
            at += wr_slice_find(wr_slice_from(f->bytes, at), mark);
            if (at >= f->bytes.len)
                break;
            const wr_lex_state state = wr_lexer_to(&lexer, at);
            const bool sql = wr_slice_is(wr_path_ext(f->path), "sql");
            if (state == WR_IN_COMMENT || (state == WR_IN_CODE && !sql) || (marks[m].with[0] != '\0' && !before_has(f->bytes, at + mark.len, marks[m].with)))
                continue;
            const wr_place place = wr_at_line(f, wr_line_walk_to(&lines, at));
            wr_asset *store = wr_see_retrieval(l, WR_SLICE("pgvector"), (wr_slice){ 0 }, f->path, place, "SQL that only pgvector has");
            const wr_slice table = mark.at[0] == ' ' ? table_before(f->bytes, at) : (wr_slice){ 0 };
            if (table.len > 0 && table.len < 100)
                wr_estate_add_text(l->estate, store, "collections", table, place, "the table that is searched");
            break; /* one place a file and a mark is enough */
        }
    }
}

static wr_status look(wr_look *l, const wr_file *f, wr_error *err)
{
    (void)err;
    static const char *const sql[] = { "XTENSION IF NOT EXISTS vector", "xtension if not exists vector", "EXTENSION vector", "vector_l2_ops",
        "vector_cosine_ops", "vector_ip_ops", "halfvec_cosine_ops", " <-> ", " <=> ", " <#> ", NULL };
    if (wr_has_literal(f->bytes, sql) && wr_in_use(wr_facts_of(f)))
        look_sql(l, f);
    if (!wr_word_in(called_exts, wr_path_ext(f->path)))
        return WR_OK;
    if (!wr_has_literal(f->bytes, literals) || !wr_in_use(wr_facts_of(f)))
        return WR_OK;
    wr_calls calls = wr_calls_of(f);
    wr_call c;
    for (size_t found = 0; found < WR_ASSETS_A_FILE_MOST && wr_calls_next(&calls, &c);) {
        const char *store = c.defined ? NULL : store_of(&c);
        if (store == NULL)
            continue;
        see(l, f, &c, store);
        found++;
    }
    return WR_OK;
}

const wr_detector wr_detector_retrieval = {
    .name = "retrieval",
    .about = "Code in Python and JavaScript that opens a vector store, and SQL of pgvector.",
    .wants = wants,
    .look = look,
};
