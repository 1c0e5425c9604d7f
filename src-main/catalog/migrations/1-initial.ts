// Schema version 1: every table of the catalog. Frozen once released: a change of the schema is a new migration.

/**
 * Conventions: ids are integers that are never used again for another row where people may have noted them
 * (AUTOINCREMENT); times are UTC text, ISO 8601 with milliseconds; `json_valid` columns hold plain data whose meaning is
 * the reader's; NULL means "not known", and a score without a value says why.
 */
export const initial = `
-- Every file that an import found. A changed file becomes a new row; the old one stays, with what was decided about it.
CREATE TABLE files (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  source TEXT NOT NULL,                   -- folder, zip or file that was imported
  path TEXT NOT NULL,                     -- below the source, zips included, as shown to people
  file TEXT NOT NULL,                     -- on disk: the image file, or the zip that holds it
  inside TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(inside)), -- names in nested zips
  companion TEXT,                         -- name of the .img file of a .hdr file
  size INTEGER NOT NULL,                  -- bytes
  modified REAL NOT NULL,                 -- milliseconds since 1970 UTC
  sha256 TEXT,
  format TEXT,
  frame_count INTEGER NOT NULL DEFAULT 0,
  state TEXT NOT NULL CHECK (state IN ('present', 'vanished', 'changed', 'quarantined')),
  reason TEXT,
  imported_at TEXT NOT NULL,
  seen_at TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX files_place ON files (file, inside) WHERE state <> 'changed';
CREATE INDEX files_source ON files (source, seen_at);
CREATE INDEX files_state ON files (state) WHERE state <> 'present';

-- Volumes and multi-frame files, whose slices have one score together.
CREATE TABLE scans (id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE) STRICT;

CREATE TABLE images (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  file INTEGER NOT NULL REFERENCES files,
  frame INTEGER NOT NULL,                 -- from 0
  name TEXT NOT NULL,                     -- as shown to people
  kind TEXT,                              -- folder label, such as normal or needle
  modality TEXT, body_part TEXT, view TEXT,
  width INTEGER NOT NULL, height INTEGER NOT NULL, bits INTEGER NOT NULL,
  pixels_sha256 TEXT,                     -- of the stored samples
  perceptual_hash TEXT CHECK (perceptual_hash GLOB '[0-9a-f]*' AND length(perceptual_hash) = 16),
  patient TEXT, study TEXT, series TEXT, instance TEXT,
  scan INTEGER REFERENCES scans,
  position REAL,                          -- order within the scan
  UNIQUE (file, frame)
) STRICT;
CREATE INDEX images_text ON images (name, kind, body_part); -- covers the search for a text
CREATE INDEX images_kind ON images (kind);
CREATE INDEX images_modality ON images (modality);
CREATE INDEX images_body_part ON images (body_part);
CREATE INDEX images_view ON images (view);
CREATE INDEX images_pixels ON images (pixels_sha256);
CREATE INDEX images_patient ON images (patient);
CREATE INDEX images_scan ON images (scan, position, frame) WHERE scan IS NOT NULL;

CREATE TABLE cohorts (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  definition TEXT NOT NULL CHECK (json_valid(definition)), -- how it was made
  created_at TEXT NOT NULL
) STRICT;
CREATE TABLE cohort_members (
  cohort INTEGER NOT NULL REFERENCES cohorts ON DELETE CASCADE,
  image INTEGER NOT NULL REFERENCES images,
  PRIMARY KEY (cohort, image)
) STRICT, WITHOUT ROWID;
CREATE INDEX cohort_members_image ON cohort_members (image);

CREATE TABLE models (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  file TEXT NOT NULL,                     -- relative to the catalog folder, or absolute
  sha256 TEXT NOT NULL UNIQUE,
  constructor TEXT NOT NULL CHECK (json_valid(constructor)),
  recipe TEXT CHECK (json_valid(recipe)),
  provenance TEXT NOT NULL CHECK (json_valid(provenance)),
  imported_at TEXT NOT NULL
) STRICT;

CREATE TABLE runs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  parameters TEXT NOT NULL CHECK (json_valid(parameters)),
  provenance TEXT NOT NULL CHECK (json_valid(provenance)), -- seeds, device, versions, hashes
  model INTEGER REFERENCES models,
  recipe TEXT CHECK (json_valid(recipe)),
  state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'paused', 'interrupted', 'done', 'failed', 'cancelled')),
  reason TEXT,
  process INTEGER,                        -- number of the lock of the process that runs it
  stage TEXT NOT NULL DEFAULT '',
  done INTEGER NOT NULL DEFAULT 0,
  skipped INTEGER NOT NULL DEFAULT 0,
  total INTEGER NOT NULL DEFAULT 0,
  created_at TEXT NOT NULL,
  started_at TEXT,
  ended_at TEXT
) STRICT;
-- What a run has to do: an interrupted run continues with the items that are still queued.
CREATE TABLE run_items (
  run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  image INTEGER NOT NULL REFERENCES images,
  state TEXT NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'done', 'skipped')),
  reason TEXT,
  PRIMARY KEY (run, image)
) STRICT, WITHOUT ROWID;
CREATE INDEX run_items_state ON run_items (run, state, image);
CREATE INDEX run_items_image ON run_items (image);
-- Files that a run left beside the catalog: reconstructions, score maps, latents.
CREATE TABLE run_files (
  image INTEGER NOT NULL REFERENCES images,
  run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  role TEXT NOT NULL,
  path TEXT NOT NULL,                     -- relative to the catalog folder
  sha256 TEXT,
  PRIMARY KEY (image, run, role)
) STRICT, WITHOUT ROWID;
CREATE INDEX run_files_run ON run_files (run);

CREATE TABLE scores (
  image INTEGER NOT NULL REFERENCES images,
  run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  score TEXT NOT NULL,                    -- such as 'MSE full'
  value REAL,
  reason TEXT,
  PRIMARY KEY (image, run, score),
  CHECK ((value IS NULL) = (reason IS NOT NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX scores_order ON scores (run, score, value, image);
CREATE TABLE scan_scores (
  scan INTEGER NOT NULL REFERENCES scans,
  run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  score TEXT NOT NULL,
  slices INTEGER NOT NULL,                -- that have a value
  maximum REAL NOT NULL, mean REAL NOT NULL, percentile95 REAL NOT NULL,
  PRIMARY KEY (run, score, scan)
) STRICT, WITHOUT ROWID;
CREATE TABLE patches (
  image INTEGER NOT NULL REFERENCES images,
  run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  score TEXT NOT NULL,
  rank INTEGER NOT NULL,                  -- from 1, highest first
  x INTEGER NOT NULL, y INTEGER NOT NULL, size INTEGER NOT NULL, -- in pixels of the run's model space
  value REAL NOT NULL,
  PRIMARY KEY (image, run, score, rank)
) STRICT, WITHOUT ROWID;
CREATE INDEX patches_run ON patches (run);

-- One row for each step that a reviewer can undo; undo and redo are steps themselves.
CREATE TABLE actions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL CHECK (kind IN ('decide', 'undo', 'redo')),
  target INTEGER REFERENCES actions,      -- what an undo or redo is about
  reviewer TEXT NOT NULL,
  at TEXT NOT NULL,
  CHECK ((kind = 'decide') = (target IS NULL))
) STRICT;
CREATE INDEX actions_reviewer ON actions (reviewer, id);
CREATE TABLE verdicts (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  action INTEGER NOT NULL REFERENCES actions,
  image INTEGER NOT NULL REFERENCES images,
  decision TEXT CHECK (decision IN ('keep', 'reject', 'unsure')), -- NULL: taken back
  reason TEXT,
  reviewer TEXT NOT NULL,
  at TEXT NOT NULL,
  supersedes INTEGER UNIQUE REFERENCES verdicts,
  -- Of an undo or redo: the decision that is in force again, 0 for none. NULL: a decision of its own.
  restores INTEGER
) STRICT;
CREATE INDEX verdicts_image ON verdicts (image, id);
CREATE INDEX verdicts_action ON verdicts (action);
CREATE TRIGGER verdicts_no_update BEFORE UPDATE ON verdicts BEGIN SELECT raise(ABORT, 'verdicts are only superseded'); END;
CREATE TRIGGER verdicts_no_delete BEFORE DELETE ON verdicts BEGIN SELECT raise(ABORT, 'verdicts are only superseded'); END;
CREATE TABLE current_verdicts (
  image INTEGER PRIMARY KEY REFERENCES images,
  verdict INTEGER NOT NULL REFERENCES verdicts,
  decision TEXT NOT NULL
) STRICT;
CREATE INDEX current_verdicts_decision ON current_verdicts (decision, image);
CREATE TRIGGER verdicts_current AFTER INSERT ON verdicts WHEN new.decision IS NOT NULL BEGIN
  INSERT INTO current_verdicts (image, verdict, decision) VALUES (new.image, new.id, new.decision)
  ON CONFLICT (image) DO UPDATE SET verdict = excluded.verdict, decision = excluded.decision;
END;
CREATE TRIGGER verdicts_taken_back AFTER INSERT ON verdicts WHEN new.decision IS NULL BEGIN
  DELETE FROM current_verdicts WHERE image = new.image;
END;

CREATE TABLE tags (
  image INTEGER NOT NULL REFERENCES images,
  tag TEXT NOT NULL,
  PRIMARY KEY (image, tag)
) STRICT, WITHOUT ROWID;
CREATE INDEX tags_tag ON tags (tag, image);
-- True anomalies, drawn by a reviewer or known from the data set; in pixels of the stored image.
CREATE TABLE annotations (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  image INTEGER NOT NULL REFERENCES images,
  x REAL NOT NULL, y REAL NOT NULL, width REAL NOT NULL, height REAL NOT NULL,
  label TEXT NOT NULL,
  reviewer TEXT NOT NULL,
  at TEXT NOT NULL
) STRICT;
CREATE INDEX annotations_image ON annotations (image);
-- Segmentations beside the image, of its geometry.
CREATE TABLE masks (
  image INTEGER NOT NULL REFERENCES images,
  role TEXT NOT NULL CHECK (role IN ('region', 'predicted', 'reference')),
  file TEXT NOT NULL,
  inside TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(inside)),
  frame INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (image, role)
) STRICT, WITHOUT ROWID;
CREATE TABLE dice (
  id INTEGER PRIMARY KEY,
  image INTEGER REFERENCES images,
  scan INTEGER REFERENCES scans,
  structure TEXT NOT NULL,
  value REAL NOT NULL CHECK (value BETWEEN 0 AND 1),
  source TEXT NOT NULL,
  CHECK ((image IS NULL) <> (scan IS NULL)),
  UNIQUE (image, structure), UNIQUE (scan, structure)
) STRICT;

CREATE TABLE views (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  definition TEXT NOT NULL CHECK (json_valid(definition))
) STRICT;
CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL CHECK (json_valid(value))) STRICT, WITHOUT ROWID;

-- Append-only, each entry hashed over the one before; heads are kept a second time beside the database.
CREATE TABLE audit (
  number INTEGER PRIMARY KEY,
  at TEXT NOT NULL,
  actor TEXT NOT NULL,
  event TEXT NOT NULL,
  details TEXT NOT NULL CHECK (json_valid(details)),
  previous TEXT NOT NULL,
  hash TEXT NOT NULL
) STRICT;
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT raise(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT raise(ABORT, 'the audit log is append-only'); END;
`;
