-- The store's tables. SQLite and PostgreSQL take the same text: times are BIGINT seconds since 1970 UTC, booleans
-- SMALLINT 0/1, lists of strings TEXT with a JSON array (their members are also rows of asset_value).
-- docs/tables.md describes them. Everything here is derived from the ledger: a store that was made with another text of
-- this file is rebuilt.

CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);

-- Every asset ever seen or declared. gone_at is set once no scope sees it and nobody declares it, or once it was merged
-- into another; the typed row, its relations and its properties are then gone, this row stays.
CREATE TABLE asset (
  id TEXT PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL,
  first_seen BIGINT NOT NULL, last_seen BIGINT NOT NULL, gone_at BIGINT,
  declared SMALLINT NOT NULL DEFAULT 0, imported SMALLINT NOT NULL DEFAULT 0, merged_into TEXT, first_record BIGINT NOT NULL, last_record BIGINT NOT NULL);
CREATE INDEX asset_kind ON asset (kind, gone_at);
CREATE INDEX asset_name ON asset (name);
CREATE INDEX asset_merged ON asset (merged_into);

-- What each scope last said of each asset, whole (canonical JSON) and as a digest, so that a scan can tell a change.
CREATE TABLE observation (
  asset TEXT NOT NULL, scope TEXT NOT NULL, digest TEXT NOT NULL, body TEXT NOT NULL, record BIGINT NOT NULL,
  PRIMARY KEY (asset, scope));
CREATE INDEX observation_scope ON observation (scope, asset);
-- What people declared of each asset, merged.
CREATE TABLE declaration (asset TEXT PRIMARY KEY, body TEXT NOT NULL, record BIGINT NOT NULL);

-- The same for findings: which scope still sees which finding.
CREATE TABLE finding_observation (
  finding TEXT NOT NULL, scope TEXT NOT NULL, digest TEXT NOT NULL, record BIGINT NOT NULL,
  PRIMARY KEY (finding, scope));
CREATE INDEX finding_observation_scope ON finding_observation (scope, finding);

-- Present assets only. origin is 'declared', 'observed' or 'imported' (the first of these wins); type is text, integer, boolean or list.
CREATE TABLE property (
  asset TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, type TEXT NOT NULL, origin TEXT NOT NULL,
  path TEXT, line BIGINT, byte_offset BIGINT, how TEXT,
  PRIMARY KEY (asset, name));
CREATE TABLE asset_value (asset TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (asset, name, value));
CREATE TABLE relation (
  source TEXT NOT NULL, type TEXT NOT NULL, target TEXT NOT NULL, origin TEXT NOT NULL,
  path TEXT, line BIGINT, byte_offset BIGINT, first_seen BIGINT NOT NULL,
  PRIMARY KEY (source, type, target));
CREATE INDEX relation_target ON relation (target, type, source);
CREATE INDEX relation_type ON relation (type, source, target);
CREATE TABLE seen (
  asset TEXT NOT NULL, scope TEXT NOT NULL, path TEXT NOT NULL, line BIGINT, byte_offset BIGINT);
CREATE INDEX seen_asset ON seen (asset);

-- One typed table a kind: present assets only, without those that only files of other tools name, and without what only
-- such files say: a check reads these tables, and what is imported makes no check good. `more` holds further properties as a JSON object.

CREATE TABLE system (
  id TEXT PRIMARY KEY, name TEXT NOT NULL,
  purpose TEXT,
  criticality TEXT,
  supports TEXT,
  user_types TEXT,
  public SMALLINT,
  data_classes TEXT,
  limits_notice TEXT,
  fallback TEXT,
  escalation_to TEXT,
  rollback_minutes BIGINT,
  spend_cap TEXT,
  defends SMALLINT,
  use_case TEXT,
  customer TEXT,
  confirmed SMALLINT,
  retired_at BIGINT,
  more TEXT);

CREATE TABLE model (
  id TEXT PRIMARY KEY, name TEXT NOT NULL,
  version TEXT,
  pinned SMALLINT,
  digest TEXT,
  digest_verified SMALLINT,
  hosting TEXT,
  built SMALLINT,
  training_record TEXT,
  role TEXT,
  last_good TEXT,
  format TEXT,
  architecture TEXT,
  parameters BIGINT,
  quantization TEXT,
  context_length BIGINT,
  license TEXT,
  size BIGINT,
  more TEXT);

CREATE TABLE provider (
  id TEXT PRIMARY KEY, name TEXT NOT NULL,
  assessed_at BIGINT,
  incident_contact TEXT,
  cleared_classes TEXT,
  ended_at BIGINT,
  self_hosted SMALLINT,
  more TEXT);

CREATE TABLE endpoint (
  id TEXT PRIMARY KEY, name TEXT NOT NULL,
  kind TEXT,
  scheme TEXT,
  address TEXT,
  tls_min TEXT,
  tls_verify SMALLINT,
  auth TEXT,
  tenant TEXT,
  via_gateway SMALLINT,
  decoy SMALLINT,
  more TEXT);

CREATE TABLE dataset (
  id TEXT PRIMARY KEY, name TEXT NOT NULL,
  purpose TEXT,
  origin TEXT,
  terms TEXT,
  digest TEXT,
  digest_checked_at BIGINT,
  data_classes TEXT,
  encrypted SMALLINT,
  retention_days BIGINT,
  oldest_entry_at BIGINT,
  immutable SMALLINT,
  restore_tested_at BIGINT,
  chain_intact SMALLINT,
  chain_verified_at BIGINT,
  anchored_at BIGINT,
  decoy SMALLINT,
  more TEXT);

CREATE TABLE retrieval (
  id TEXT PRIMARY KEY, name TEXT NOT NULL,
  origin TEXT,
  data_classes TEXT,
  content_trust TEXT,
  row_permissions SMALLINT,
  encrypted SMALLINT,
  last_good TEXT,
  more TEXT);

CREATE TABLE prompt (
  id TEXT PRIMARY KEY, name TEXT NOT NULL,
  role TEXT,
  versioned SMALLINT,
  digest TEXT,
  last_good TEXT,
  more TEXT);

CREATE TABLE agent (
  id TEXT PRIMARY KEY, name TEXT NOT NULL,
  autonomy TEXT,
  reads_private SMALLINT,
  reads_untrusted SMALLINT,
  reaches_outside SMALLINT,
  runs_code SMALLINT,
  sandbox TEXT,
  sandbox_network TEXT,
  max_depth BIGINT,
  max_steps BIGINT,
  max_spend TEXT,
  parameter_bounds TEXT,
  more TEXT);

CREATE TABLE tool (
  id TEXT PRIMARY KEY, name TEXT NOT NULL,
  version TEXT,
  digest TEXT,
  description_digest TEXT,
  approved_digest TEXT,
  effect TEXT,
  undo TEXT,
  reach TEXT,
  gated SMALLINT,
  last_good TEXT,
  decoy SMALLINT,
  more TEXT);

CREATE TABLE pipeline (
  id TEXT PRIMARY KEY, name TEXT NOT NULL,
  purpose TEXT,
  deploys_to TEXT,
  review_required SMALLINT,
  steps_pinned SMALLINT,
  rule_tags TEXT,
  rules_updated_at BIGINT,
  sources TEXT,
  more TEXT);

CREATE TABLE library (
  id TEXT PRIMARY KEY, name TEXT NOT NULL,
  version TEXT,
  supported SMALLINT,
  more TEXT);

CREATE TABLE credential (
  id TEXT PRIMARY KEY, name TEXT NOT NULL,
  type TEXT,
  storage TEXT,
  created_at BIGINT,
  expires_at BIGINT,
  scope TEXT,
  granted_by TEXT,
  decoy SMALLINT,
  more TEXT);

CREATE TABLE principal (
  id TEXT PRIMARY KEY, name TEXT NOT NULL,
  type TEXT,
  role TEXT,
  organization TEXT,
  disabled SMALLINT,
  mfa SMALLINT,
  contact TEXT,
  more TEXT);

CREATE TABLE environment (
  id TEXT PRIMARY KEY, name TEXT NOT NULL,
  role TEXT,
  roots TEXT,
  egress TEXT,
  accelerators TEXT,
  more TEXT);

-- Rows that records of other kinds make. Those that no record type fills yet stay empty: the checks that read them are not observable.

CREATE TABLE findings (
  id TEXT PRIMARY KEY,
  asset TEXT,
  kind TEXT,
  severity TEXT,
  opened_at BIGINT,
  closed_at BIGINT,
  owner TEXT,
  due_at BIGINT,
  accepted_by TEXT,
  accepted_until BIGINT,
  incident TEXT,
  scope TEXT,
  rule TEXT,
  path TEXT,
  line BIGINT,
  byte_offset BIGINT,
  title TEXT,
  detail TEXT,
  remedy TEXT,
  accepted_why TEXT);

CREATE TABLE changes (
  id TEXT PRIMARY KEY,
  asset TEXT,
  property TEXT,
  before TEXT,
  after TEXT,
  seen_at BIGINT,
  changed_by TEXT,
  reviewed_by TEXT,
  reviewed_at BIGINT,
  record BIGINT,
  scope TEXT);

CREATE TABLE gateway_events (
  id TEXT PRIMARY KEY,
  at BIGINT,
  session TEXT,
  parent_event TEXT,
  origin TEXT,
  principal TEXT,
  on_behalf_of TEXT,
  agent TEXT,
  system TEXT,
  environment TEXT,
  endpoint TEXT,
  provider TEXT,
  model TEXT,
  model_reported TEXT,
  tool TEXT,
  tool_description_digest TEXT,
  prompt_digest TEXT,
  parameters TEXT,
  parameters_set_by TEXT,
  retrieved TEXT,
  request_digest TEXT,
  response_digest TEXT,
  request_kept SMALLINT,
  response_kept SMALLINT,
  data_labels TEXT,
  redacted SMALLINT,
  action_digest TEXT,
  identity_proof TEXT,
  warrant TEXT,
  depth BIGINT,
  verdict TEXT,
  status BIGINT);

CREATE TABLE decisions (
  id TEXT PRIMARY KEY,
  at BIGINT,
  kind TEXT,
  action TEXT,
  target TEXT,
  principal TEXT,
  warrant TEXT,
  requested_by TEXT,
  action_digest TEXT,
  executed_digest TEXT,
  executed_at BIGINT,
  expires_at BIGINT,
  shown_at BIGINT,
  limits TEXT,
  undo TEXT,
  confidence DOUBLE PRECISION,
  rationale TEXT,
  sources TEXT,
  drill SMALLINT,
  started_at BIGINT,
  finished_at BIGINT,
  result TEXT);

CREATE TABLE alerts (
  id TEXT PRIMARY KEY,
  at BIGINT,
  rule TEXT,
  tags TEXT,
  severity TEXT,
  asset TEXT,
  triaged_by TEXT,
  triaged_at BIGINT,
  verdict TEXT,
  confidence DOUBLE PRECISION,
  rationale TEXT,
  sources TEXT,
  reviewed_by TEXT,
  reviewed_at BIGINT,
  review_verdict TEXT,
  notified TEXT,
  incident TEXT);

CREATE TABLE evaluations (
  id TEXT PRIMARY KEY,
  model TEXT,
  model_digest TEXT,
  suite TEXT,
  metric TEXT,
  score DOUBLE PRECISION,
  threshold DOUBLE PRECISION,
  evaluated_at BIGINT,
  imported_from TEXT);

CREATE TABLE incidents (
  id TEXT PRIMARY KEY,
  asset TEXT,
  category TEXT,
  severity TEXT,
  severity_set_by TEXT,
  severity_confirmed_by TEXT,
  ai_influenced SMALLINT,
  drill SMALLINT,
  detected_at BIGINT,
  declared_at BIGINT,
  contained_at BIGINT,
  restored_at BIGINT,
  restored_digest TEXT,
  recovered_at BIGINT,
  closed_at BIGINT,
  root_cause TEXT,
  review_at BIGINT,
  evidence_digest TEXT,
  evidence_sealed_at BIGINT);

CREATE TABLE attestations (
  id TEXT PRIMARY KEY,
  question TEXT,
  outcome TEXT,
  answer TEXT,
  principal TEXT,
  answered_at BIGINT,
  expires_at BIGINT,
  evidence TEXT,
  note TEXT,
  record BIGINT);

CREATE TABLE scans (
  id TEXT PRIMARY KEY,
  environment TEXT,
  started_at BIGINT,
  finished_at BIGINT,
  errors BIGINT,
  roots TEXT,
  scope TEXT,
  assets BIGINT,
  findings_count BIGINT,
  incomplete SMALLINT,
  observed TEXT,
  record BIGINT,
  summary TEXT);

-- Each file of another tool that was read, newest last.
CREATE TABLE imports (
  id TEXT PRIMARY KEY,
  scope TEXT NOT NULL,
  file TEXT,
  digest TEXT,
  format TEXT,
  tool TEXT,
  created_at BIGINT,
  imported_at BIGINT,
  assets BIGINT,
  left_out BIGINT,
  record BIGINT);

CREATE INDEX imports_scope ON imports (scope, record);
CREATE INDEX findings_asset ON findings (asset);
CREATE INDEX findings_open ON findings (closed_at, kind);
CREATE INDEX changes_asset ON changes (asset, seen_at);
CREATE INDEX scans_scope ON scans (scope, finished_at);
CREATE INDEX attestations_question ON attestations (question, answered_at);
CREATE INDEX gateway_events_at ON gateway_events (at);
CREATE INDEX decisions_at ON decisions (at);
CREATE INDEX alerts_at ON alerts (at);

-- Assessments: the state of each outcome after the newest one, and each time it changed.
CREATE TABLE outcome_state (outcome TEXT PRIMARY KEY, state TEXT NOT NULL, since BIGINT NOT NULL, record BIGINT NOT NULL);
CREATE TABLE outcome_change (outcome TEXT NOT NULL, at BIGINT NOT NULL, before TEXT, after TEXT NOT NULL, record BIGINT NOT NULL);

-- One row a record: what the ledger holds, for looking things up.
CREATE TABLE record (idx BIGINT PRIMARY KEY, type TEXT NOT NULL, at BIGINT NOT NULL, subject TEXT NOT NULL, erased SMALLINT NOT NULL DEFAULT 0);
CREATE INDEX record_subject ON record (subject, idx);
