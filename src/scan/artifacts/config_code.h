/* config_code.h - configurations beside a model, or in its archive, by which a loader runs code: functions that Hydra makes
 * (`_target_`), Python objects in YAML, modules that a loader imports, files outside of the model's folder.
 *
 * Borrows  the text.  Bounds  value.h; WR_TARGETS_MOST names of one text.
 * Fails    what is no JSON is left to whoever reads it as a model's.  Threads  no state. */
#ifndef WR_CONFIG_CODE_H
#define WR_CONFIG_CODE_H

#include "exam.h"

#define WR_TARGETS_MOST 10000u

/* Cheap: whether the text holds what wr_config_judge_yaml looks for. */
bool wr_config_yaml_matters(wr_slice text);
void wr_config_judge_yaml(wr_exam *x, const wr_part *p);

/* Whether a JSON file of this name is one of those that wr_config_judge_json knows. */
bool wr_config_json_known(wr_slice name, wr_slice text);
void wr_config_judge_json(wr_exam *x, const wr_part *p, wr_slice name);

#endif
