/* skops: scikit-learn objects as JSON. Loading makes what "__module__" and "__class__" name, so they are judged like the
 * imports of a pickle. */
#include "skops.h"

#include "pickle_policy.h"

/* Nodes that hold values and name no class of their own. */
static bool plain_name(wr_slice module, wr_slice name)
{
    static const char *const plain[] = { "NoneType", "function", "builtin_function_or_method", "method", "type", "ufunc",
                                         "dtype", "str_", "object_" };
    if (!wr_slice_is(module, "builtins") && !wr_slice_is(module, "numpy"))
        return false;
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
        if (wr_slice_is(name, plain[i]))
            return true;
    return false;
}

static void judge(wr_exam *x, const wr_part *p, const wr_pickle_policy *policy, wr_slice module, wr_slice name)
{
    name = wr_slice_part(name, 0, wr_slice_find_char(name, '[')); /* dtype[float64] */
    if (module.len == 0 || name.len == 0 || plain_name(module, name))
        return;
    const wr_import_policy verdict = wr_pickle_policy_judge(policy, module, name);
    const wr_slice full = wr_arena_printf(x->l->arena, WR_FMT "." WR_FMT, WR_ARG(wr_exam_shown(x, module, 160)),
                                          WR_ARG(wr_exam_shown(x, name, 160)));
    wr_exam_add(x, p, 0, "imports", full, "named in the schema");
    if (wr_slice_is(module, "__main__") && verdict.verdict == WR_IMPORT_UNKNOWN)
        wr_exam_find(x, p, 0, WR_RULE_OWN_CLASS, full, "the schema names " WR_FMT, WR_ARG(full));
    else if (verdict.verdict != WR_IMPORT_ALLOWED)
        wr_exam_find(x, p, 0, WR_RULE_SKOPS_FOREIGN_TYPE, full, "the schema names " WR_FMT "%s" WR_FMT "%s", WR_ARG(full),
                     verdict.attack.len > 0 ? " (" : "",
                     WR_ARG(verdict.attack), verdict.attack.len > 0 ? ")" : "");
}

static void walk(wr_exam *x, const wr_part *p, const wr_pickle_policy *policy, const wr_value *v)
{
    if (wr_is(v, WR_OBJECT)) {
        judge(x, p, policy, wr_get_string(v, "__module__"), wr_get_string(v, "__class__"));
        const wr_slice loader = wr_get_string(v, "__loader__");
        const wr_value *content = wr_get(v, "content");
        if (wr_slice_is(loader, "FunctionNode"))
            judge(x, p, policy, wr_get_string(content, "module_path"), wr_get_string(content, "function"));
        const wr_slice method = wr_get_string(content, "func");
        const bool reaching = wr_slice_starts(method, "__") || wr_slice_find_char(method, '.') < method.len || method.len == 0;
        if (wr_slice_is(loader, "OperatorFuncNode") || (wr_slice_is(loader, "MethodNode") && reaching))
            wr_exam_find(x, p, 0, WR_RULE_SKOPS_FOREIGN_TYPE, loader,
                         "the schema holds a " WR_FMT ", through which other code is reached", WR_ARG(loader));
        for (WR_EACH_MEMBER(m, v))
            walk(x, p, policy, &m->value); /* as deep as value.h let it become */
    } else if (wr_is(v, WR_ARRAY)) {
        for (WR_EACH(item, v))
            walk(x, p, policy, item);
    }
}

wr_status wr_skops_read(wr_exam *x, const wr_part *p, wr_error *err)
{
    const wr_pickle_policy *policy = wr_pickle_policy_get(err);
    wr_value *root = NULL;
    wr_error why;
    if (policy == NULL)
        return WR_BAD;
    if (wr_json_parse(x->l->arena, p->bytes, &root, &why) != WR_OK) {
        wr_exam_unread(x, p, 0, "the schema is no JSON that can be read: %s", why.what);
        return WR_OK;
    }
    const wr_slice class_name = wr_get_string(root, "__class__");
    wr_exam_text(x, p, 0, "architecture", class_name, "the class of the outermost object");
    walk(x, p, policy, root);
    return WR_OK;
}
