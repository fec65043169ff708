-- Documented views: the terms of profile/checks.yaml and what people ask for. docs/tables.md describes them.
-- A view takes no parameters. Where a term needs the time or a limit, the view gives what can be said without it and
-- profile/checks.yaml, under `terms`, gives the SQL with which an assessment narrows it.
-- An assessment first makes temporary tables of the views named there; a temporary table takes its view's place.

-- In the recursions `r.type || ''` keeps the planner from one look-up a type: one by source reads fewer pages.

-- The newest scan of each scope.
CREATE VIEW scan_newest AS
SELECT s.id, s.scope, s.environment, s.started_at, s.finished_at, s.errors, s.incomplete, s.roots, s.assets, s.record
FROM scans s
WHERE NOT EXISTS (SELECT 1 FROM scans t WHERE t.scope = s.scope
                  AND (t.finished_at > s.finished_at OR (t.finished_at = s.finished_at AND t.record > s.record)));

-- When each present asset was last in a scan's view. An unchanged asset makes no record, so this comes from the scans.
CREATE VIEW last_seen AS
SELECT o.asset AS asset, max(n.finished_at) AS at
FROM scan_newest n JOIN observation o ON o.scope = n.scope
GROUP BY o.asset;

-- In which environments an asset runs, and the role of each.
CREATE VIEW asset_environment AS
SELECT r.source AS asset, e.id AS environment, e.role AS role
FROM environment e JOIN relation r ON r.target = e.id AND r.type = 'runs-in';

-- production: has a runs-in relation to an environment whose role is production.
CREATE VIEW production AS
SELECT DISTINCT r.source AS asset
FROM environment e JOIN relation r ON r.target = e.id AND r.type = 'runs-in'
WHERE e.role = 'production';

-- serves-production: a production system, and what is reached from one through uses, calls, retrieves-from,
-- instructed-by and delegates-to.
CREATE VIEW serves_production AS
WITH RECURSIVE reached (asset) AS (
  SELECT s.id FROM system s WHERE s.id IN (SELECT asset FROM production)
  UNION
  SELECT r.target FROM reached q JOIN relation r ON r.source = q.asset
  WHERE r.type || '' IN ('uses', 'calls', 'retrieves-from', 'instructed-by', 'delegates-to'))
SELECT asset FROM reached;

-- What each system reaches through the same relations, itself included. Libraries are left out: there are many, and
-- nothing is reached through one.
CREATE VIEW system_reach AS
WITH RECURSIVE reached (system, asset) AS (
  SELECT s.id, s.id FROM system s
  UNION
  SELECT q.system, r.target FROM reached q JOIN relation r ON r.source = q.asset
  WHERE r.type || '' IN ('uses', 'calls', 'retrieves-from', 'instructed-by', 'delegates-to')
    AND substr(r.target, 1, 8) <> 'library:')
SELECT system, asset FROM reached;

-- What each agent reaches through calls, uses, retrieves-from and delegates-to, itself included.
CREATE VIEW agent_reach AS
WITH RECURSIVE reached (agent, asset) AS (
  SELECT g.id, g.id FROM agent g
  UNION
  SELECT q.agent, r.target FROM reached q JOIN relation r ON r.source = q.asset
  WHERE r.type || '' IN ('calls', 'uses', 'retrieves-from', 'delegates-to'))
SELECT agent, asset FROM reached;

-- The classes of data that an asset is said to hold or handle, one a row.
CREATE VIEW data_class AS
SELECT asset, value AS class FROM asset_value WHERE name = 'data_classes'
UNION
SELECT p.asset, p.value FROM property p WHERE p.name = 'data_classes' AND substr(p.value, 1, 1) <> '[';

-- sensitive: holds a class of limits.sensitive_classes (a test holds the two lists equal).
CREATE VIEW sensitive AS
SELECT DISTINCT asset FROM data_class
WHERE class IN ('personal', 'health', 'payment', 'secret', 'customer-confidential');

-- person: a principal of type person who is not known to be disabled.
CREATE VIEW person AS
SELECT id AS asset, name FROM principal WHERE type = 'person' AND coalesce(disabled, 0) = 0;

-- ai-actor: a principal of type agent.
CREATE VIEW ai_actor AS
SELECT id AS asset, name FROM principal WHERE type = 'agent';

-- The ways to name a principal in a record: its id or its name.
CREATE VIEW principal_word AS
SELECT id AS word, id AS principal FROM principal
UNION
SELECT name, id FROM principal;

-- Assets with a person who answers for them.
CREATE VIEW owned AS
SELECT DISTINCT r.source AS asset
FROM person p JOIN relation r ON r.target = p.asset AND r.type = 'owned-by';

-- defensive: a system that defends, and every agent, model, prompt, tool and pipeline it reaches.
CREATE VIEW defensive AS
WITH RECURSIVE reached (asset) AS (
  SELECT s.id FROM system s WHERE s.defends = 1
  UNION
  SELECT r.target FROM reached q JOIN relation r ON r.source = q.asset
  WHERE r.type || '' IN ('uses', 'calls', 'retrieves-from', 'instructed-by', 'delegates-to'))
SELECT q.asset FROM reached q JOIN asset a ON a.id = q.asset
WHERE a.kind IN ('system', 'agent', 'model', 'prompt', 'tool', 'pipeline');

-- consequential-tool: a tool whose effect is write or irreversible.
CREATE VIEW consequential_tool AS
SELECT id AS asset, effect FROM tool WHERE effect IN ('write', 'irreversible');

-- customer-asset: a system that belongs to a customer, what is declared in it, and what runs in its environment.
CREATE VIEW customer_asset AS
SELECT s.id AS asset, s.customer AS customer FROM system s WHERE s.customer IS NOT NULL
UNION
SELECT r.source, s.customer FROM system s JOIN relation r ON r.target = s.id AND r.type = 'declared-in'
WHERE s.customer IS NOT NULL
UNION
SELECT o.source, s.customer
FROM system s JOIN relation e ON e.source = s.id AND e.type = 'runs-in'
     JOIN relation o ON o.target = e.target AND o.type = 'runs-in'
WHERE s.customer IS NOT NULL;

-- rooted-in-a-person: warrants whose chain of derived-from ends at one that a person granted.
CREATE VIEW rooted_in_a_person AS
WITH RECURSIVE rooted (warrant) AS (
  SELECT c.id FROM credential c
  WHERE c.type = 'warrant'
    AND c.granted_by IN (SELECT w.word FROM principal_word w JOIN person p ON p.asset = w.principal)
    AND NOT EXISTS (SELECT 1 FROM relation r WHERE r.source = c.id AND r.type = 'derived-from')
  UNION
  SELECT r.source FROM rooted q JOIN relation r ON r.target = q.warrant AND r.type = 'derived-from'
       JOIN credential c ON c.id = r.source AND c.type = 'warrant')
SELECT warrant FROM rooted;

-- Findings that are not closed. A finding without an asset stands for its file. An assessment leaves out those
-- accepted until a time that has not come: then this is open-finding.
CREATE VIEW open_finding AS
SELECT id, coalesce(nullif(asset, ''), 'file:' || coalesce(path, '')) AS asset, kind, severity, rule, opened_at, owner, due_at,
       accepted_by, accepted_until, incident, path, line, title
FROM findings WHERE closed_at IS NULL;

-- real-incident: no drill.
CREATE VIEW real_incident AS
SELECT id, asset, category, severity, declared_at, closed_at FROM incidents WHERE coalesce(drill, 0) = 0;

-- detection-pipeline: the rules that Warrant's engine has loaded.
CREATE VIEW detection_pipeline AS
SELECT id AS asset, rule_tags, rules_updated_at, sources FROM pipeline WHERE purpose = 'detection';

-- The newest answer to each question.
CREATE VIEW answer_newest AS
SELECT a.question, a.answer, a.principal, a.answered_at, a.expires_at, a.evidence, a.note, a.record
FROM attestations a
WHERE NOT EXISTS (SELECT 1 FROM attestations b WHERE b.question = a.question
                  AND (b.answered_at > a.answered_at OR (b.answered_at = a.answered_at AND b.record > a.record)));
