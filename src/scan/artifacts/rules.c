#include "rules.h"

#define ROW(c, id, kind, severity, atlas, title, remedy) [WR_RULE_##c] = { id, kind, atlas, title, remedy, severity },
const wr_artifact_rule wr_artifact_rules[WR_RULE_COUNT] = { WR_ARTIFACT_RULES(ROW) };
