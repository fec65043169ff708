/* statements.h - the SQL of apply, by name; each is prepared once. In the SQL that SQLite and PostgreSQL share. */
#ifndef WR_STORE_STATEMENTS_H
#define WR_STORE_STATEMENTS_H

#define WR_STATEMENTS(X) \
    X(META_GET, "SELECT value FROM meta WHERE name = ?1") \
    X(META_SET, "INSERT INTO meta (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value") \
    X(META_ERASING, "SELECT value FROM meta WHERE name LIKE 'erasing:%' ORDER BY name LIMIT 1") \
    X(RECORD_ADD, "INSERT INTO record (idx, type, at, subject, erased) VALUES (?1, ?2, ?3, ?4, ?5)") \
    X(RECORD_GET, "SELECT erased FROM record WHERE idx = ?1") \
    X(RECORD_ERASED, "UPDATE record SET erased = 1 WHERE idx = ?1") \
    X(ASSET_GET, "SELECT merged_into, gone_at FROM asset WHERE id = ?1") \
    X(ASSET_ANY_MERGED, "SELECT 1 FROM asset WHERE merged_into IS NOT NULL LIMIT 1") \
    X(ASSET_PUT, "INSERT INTO asset (id, kind, name, first_seen, last_seen, declared, first_record, last_record, imported)" \
      " VALUES (?1, ?2, ?3, ?4, ?4, ?5, ?6, ?6, ?8) ON CONFLICT (id) DO UPDATE SET name = excluded.name," \
      " last_seen = CASE WHEN ?7 > asset.last_seen THEN ?7 ELSE asset.last_seen END," \
      " gone_at = NULL, declared = excluded.declared, imported = excluded.imported, last_record = excluded.last_record") \
    X(ASSET_GONE, "UPDATE asset SET gone_at = ?2, declared = 0, last_record = ?3 WHERE id = ?1 AND gone_at IS NULL") \
    X(ASSET_TOUCH, "UPDATE asset SET last_seen = ?2, last_record = ?3 WHERE id = ?1") \
    X(ASSET_MERGE, "INSERT INTO asset (id, kind, name, first_seen, last_seen, gone_at, merged_into, first_record, last_record)" \
      " VALUES (?1, ?2, ?1, ?3, ?3, ?3, ?4, ?5, ?5) ON CONFLICT (id) DO UPDATE SET merged_into = excluded.merged_into," \
      " gone_at = excluded.gone_at, declared = 0, last_record = excluded.last_record") \
    X(ASSET_MERGE_ON, "UPDATE asset SET merged_into = ?2 WHERE merged_into = ?1") \
    X(ASSET_SCANNED, "UPDATE asset SET last_seen = ?1 WHERE last_seen < ?1 AND id IN (SELECT asset FROM observation WHERE" \
      " scope = ?2 UNION SELECT a.merged_into FROM observation o JOIN asset a ON a.id = o.asset WHERE o.scope = ?2" \
      " AND a.merged_into IS NOT NULL)") \
    X(OBSERVATION_PUT, "INSERT INTO observation (asset, scope, digest, body, record) VALUES (?1, ?2, ?3, ?4, ?5)" \
      " ON CONFLICT (asset, scope) DO UPDATE SET digest = excluded.digest, body = excluded.body, record = excluded.record") \
    X(OBSERVATION_DROP, "DELETE FROM observation WHERE asset = ?1 AND scope = ?2") \
    X(OBSERVATION_GET, "SELECT body FROM observation WHERE asset = ?1 AND scope = ?2") \
    X(OBSERVATIONS, "SELECT asset, scope, body FROM observation WHERE asset = ?1 ORDER BY scope") \
    X(OBSERVATIONS_MERGED, "SELECT o.asset, o.scope, o.body FROM asset a JOIN observation o ON o.asset = a.id" \
      " WHERE a.merged_into = ?1 ORDER BY o.scope, o.asset") \
    X(DECLARATION_PUT, "INSERT INTO declaration (asset, body, record) VALUES (?1, ?2, ?3)" \
      " ON CONFLICT (asset) DO UPDATE SET body = excluded.body, record = excluded.record") \
    X(DECLARATION_DROP, "DELETE FROM declaration WHERE asset = ?1") \
    X(DECLARATION_GET, "SELECT body FROM declaration WHERE asset = ?1") \
    X(DECLARATIONS_MERGED, "SELECT d.body FROM asset a JOIN declaration d ON d.asset = a.id WHERE a.merged_into = ?1" \
      " ORDER BY d.asset") \
    X(PROPERTY_ADD, "INSERT INTO property (asset, name, value, type, origin, path, line, byte_offset, how)" \
      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)") \
    X(PROPERTY_DROP, "DELETE FROM property WHERE asset = ?1") \
    X(VALUE_ADD, "INSERT INTO asset_value (asset, name, value) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING") \
    X(VALUE_DROP, "DELETE FROM asset_value WHERE asset = ?1") \
    X(SEEN_ADD, "INSERT INTO seen (asset, scope, path, line, byte_offset) VALUES (?1, ?2, ?3, ?4, ?5)") \
    X(SEEN_DROP, "DELETE FROM seen WHERE asset = ?1") \
    X(RELATION_ADD, "INSERT INTO relation (source, type, target, origin, path, line, byte_offset, first_seen)" \
      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING") \
    X(RELATION_DROP, "DELETE FROM relation WHERE source = ?1") \
    X(RELATIONS_OF, "SELECT type, target, first_seen FROM relation WHERE source = ?1 ORDER BY type, target") \
    X(RELATION_SOURCES, "SELECT DISTINCT source FROM relation WHERE target = ?1 ORDER BY source") \
    X(FINDING_PUT, "INSERT INTO findings (id, asset, kind, severity, opened_at, scope, rule, path, line, byte_offset, title," \
      " detail, remedy) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13) ON CONFLICT (id) DO UPDATE SET" \
      " asset = excluded.asset, kind = excluded.kind, severity = excluded.severity, opened_at = CASE WHEN" \
      " findings.closed_at IS NULL THEN findings.opened_at ELSE excluded.opened_at END, closed_at = NULL," \
      " scope = excluded.scope, rule = excluded.rule, path = excluded.path, line = excluded.line," \
      " byte_offset = excluded.byte_offset, title = excluded.title, detail = excluded.detail, remedy = excluded.remedy") \
    X(FINDING_SEEN_PUT, "INSERT INTO finding_observation (finding, scope, digest, record) VALUES (?1, ?2, ?3, ?4)" \
      " ON CONFLICT (finding, scope) DO UPDATE SET digest = excluded.digest, record = excluded.record") \
    X(FINDING_SEEN_DROP, "DELETE FROM finding_observation WHERE finding = ?1 AND scope = ?2") \
    X(FINDING_CLOSE, "UPDATE findings SET closed_at = ?2 WHERE id = ?1 AND closed_at IS NULL AND NOT EXISTS" \
      " (SELECT 1 FROM finding_observation WHERE finding = ?1)") \
    X(FINDING_ASSIGN, "UPDATE findings SET owner = ?2, due_at = ?3 WHERE id = ?1") \
    X(FINDING_ACCEPT, "UPDATE findings SET accepted_by = ?2, accepted_until = ?3, accepted_why = ?4 WHERE id = ?1") \
    X(FINDINGS_MOVE, "UPDATE findings SET asset = ?2 WHERE asset = ?1") \
    X(CHANGE_ADD, "INSERT INTO changes (id, asset, property, before, after, seen_at, record, scope, changed_by)" \
      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)") \
    X(CHANGE_REVIEWED, "UPDATE changes SET reviewed_by = ?2, reviewed_at = ?3 WHERE id = ?1") \
    X(CHANGES_MOVE, "UPDATE changes SET asset = ?2 WHERE asset = ?1") \
    X(ATTESTATION_PUT, "INSERT INTO attestations (id, question, outcome, answer, principal, answered_at, expires_at," \
      " evidence, note, record) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT (id) DO UPDATE SET" \
      " question = excluded.question, outcome = excluded.outcome, answer = excluded.answer, principal = excluded.principal," \
      " answered_at = excluded.answered_at, expires_at = excluded.expires_at, evidence = excluded.evidence," \
      " note = excluded.note, record = excluded.record") \
    X(SCAN_PUT, "INSERT INTO scans (id, environment, started_at, finished_at, errors, roots, scope, assets, findings_count," \
      " incomplete, observed, record, summary) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)" \
      " ON CONFLICT (id) DO UPDATE SET environment = excluded.environment, started_at = excluded.started_at," \
      " finished_at = excluded.finished_at, errors = excluded.errors, roots = excluded.roots, scope = excluded.scope," \
      " assets = excluded.assets, findings_count = excluded.findings_count, incomplete = excluded.incomplete," \
      " observed = excluded.observed, record = excluded.record, summary = excluded.summary") \
    X(IMPORT_PUT, "INSERT INTO imports (id, scope, file, digest, format, tool, created_at, imported_at, assets, left_out, record)" \
      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) ON CONFLICT (id) DO UPDATE SET record = excluded.record") \
    X(OUTCOME_PUT, "INSERT INTO outcome_state (outcome, state, since, record) VALUES (?1, ?2, ?3, ?4)" \
      " ON CONFLICT (outcome) DO UPDATE SET state = excluded.state, since = excluded.since, record = excluded.record") \
    X(OUTCOME_CHANGE, "INSERT INTO outcome_change (outcome, at, before, after, record) VALUES (?1, ?2, ?3, ?4, ?5)")

#define WR_Q_NAME(name, sql) WR_Q_##name,
typedef enum { WR_STATEMENTS(WR_Q_NAME) WR_Q_COUNT } wr_q;
#undef WR_Q_NAME

#endif
