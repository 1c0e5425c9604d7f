// Schema version 6: read-only views for people who ask with SQL. Their names and columns are stable; docs/sql.md describes them.

/** A later version may add a view, or a column at the end of one; it renames and removes none. */
export const views = `
CREATE VIEW v_images AS
  SELECT i.id AS image, i.name, i.kind, v.decision AS verdict, i.modality, i.body_part, i.view, i.width, i.height, i.bits,
    i.frame, f.frame_count AS frames, f.format, f.state, f.source, f.path, f.file, f.sha256, i.pixel_fingerprint,
    i.perceptual_hash, i.patient, i.study, i.series, i.instance, i.scan, i.position, f.imported_at
  FROM images i JOIN files f ON f.id = i.file LEFT JOIN current_verdicts v ON v.image = i.id;
CREATE VIEW v_files AS
  SELECT id AS file_id, source, path, file, format, size, sha256, frame_count AS frames, state, reason, warnings,
    imported_at, seen_at
  FROM files;
CREATE VIEW v_scores AS
  SELECT s.image, s.run, r.kind AS run_kind, s.score, s.value, s.reason FROM scores s JOIN runs r ON r.id = s.run;
CREATE VIEW v_newest_scores AS
  SELECT image, score, max(run) AS run, value FROM scores WHERE value IS NOT NULL GROUP BY image, score;
CREATE VIEW v_scan_scores AS
  SELECT scan, run, score, slices, maximum, mean, percentile95 FROM scan_scores;
CREATE VIEW v_patches AS
  SELECT image, run, score, rank, x, y, size, value FROM patches;
CREATE VIEW v_reasons AS
  SELECT image, run, reason, place FROM reasons;
CREATE VIEW v_verdicts AS
  SELECT v.image, v.decision AS verdict, v.reason, v.reviewer, v.at
  FROM current_verdicts c JOIN verdicts v ON v.id = c.verdict;
CREATE VIEW v_verdict_history AS
  SELECT v.id AS entry, v.action AS step, a.kind AS step_kind, v.image, v.decision AS verdict, v.reason, v.reviewer, v.at
  FROM verdicts v JOIN actions a ON a.id = v.action;
CREATE VIEW v_tags AS
  SELECT image, tag FROM tags;
CREATE VIEW v_annotations AS
  SELECT id AS annotation, image, x, y, width, height, label, reviewer, at FROM annotations;
CREATE VIEW v_masks AS
  SELECT image, role, file, frame FROM masks;
CREATE VIEW v_dice AS
  SELECT image, scan, structure, value, source FROM dice;
CREATE VIEW v_cohorts AS
  SELECT c.id AS cohort, c.name, (SELECT count(*) FROM cohort_members m WHERE m.cohort = c.id) AS images, c.created_at
  FROM cohorts c;
CREATE VIEW v_cohort_images AS
  SELECT m.cohort, c.name, m.image FROM cohort_members m JOIN cohorts c ON c.id = m.cohort;
CREATE VIEW v_models AS
  SELECT id AS model, name, sha256, imported_at FROM models;
CREATE VIEW v_runs AS
  SELECT r.id AS run, r.kind, r.title, r.state, r.reason, r.model, m.sha256 AS model_sha256, r.done, r.skipped, r.total,
    r.parameters, r.provenance, r.created_at, r.started_at, r.ended_at
  FROM runs r LEFT JOIN models m ON m.id = r.model;
CREATE VIEW v_run_images AS
  SELECT run, image, state, reason FROM run_items;
CREATE VIEW v_features AS
  SELECT image, network, vector FROM features;
`;
