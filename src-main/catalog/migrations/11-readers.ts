// Schema version 11: several readers: work lists, and each reader's own verdict beside the one in force.

/**
 * `verdicts.role`: `open` and `adjudicated` verdicts are in force until the next of either. `blind` ones (given without seeing
 * others') and `merged` ones (of another machine, where another reader's verdict is in force here) are their reader's own and
 * never in force. `reader_verdicts` is what each reader says of an image now; it follows from `verdicts` and `actions`.
 */
export const readers = `
CREATE TABLE work_lists (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  reader TEXT NOT NULL,
  blind INTEGER NOT NULL CHECK (blind IN (0, 1)),
  second_of INTEGER REFERENCES work_lists, -- the list of which a share is read a second time
  definition TEXT NOT NULL CHECK (json_valid(definition)), -- how its images were chosen
  created_by TEXT NOT NULL,
  created_at TEXT NOT NULL,
  removed_at TEXT
) STRICT;
CREATE UNIQUE INDEX work_lists_name ON work_lists (name) WHERE removed_at IS NULL;
CREATE TABLE work_list_images (
  list INTEGER NOT NULL REFERENCES work_lists,
  image INTEGER NOT NULL REFERENCES images ON DELETE CASCADE,
  PRIMARY KEY (list, image)
) STRICT, WITHOUT ROWID;
CREATE INDEX work_list_images_image ON work_list_images (image);

ALTER TABLE verdicts ADD COLUMN role TEXT NOT NULL DEFAULT 'open' CHECK (role IN ('open', 'blind', 'merged', 'adjudicated'));
CREATE INDEX actions_target ON actions (target) WHERE target IS NOT NULL;
DROP TRIGGER verdicts_current;
DROP TRIGGER verdicts_taken_back;
CREATE TRIGGER verdicts_current AFTER INSERT ON verdicts
WHEN new.decision IS NOT NULL AND new.role IN ('open', 'adjudicated') BEGIN
  INSERT INTO current_verdicts (image, verdict, decision) VALUES (new.image, new.id, new.decision)
  ON CONFLICT (image) DO UPDATE SET verdict = excluded.verdict, decision = excluded.decision;
END;
CREATE TRIGGER verdicts_taken_back AFTER INSERT ON verdicts
WHEN new.decision IS NULL AND new.role IN ('open', 'adjudicated') BEGIN
  DELETE FROM current_verdicts WHERE image = new.image;
END;

CREATE TABLE reader_verdicts (
  image INTEGER NOT NULL REFERENCES images ON DELETE CASCADE,
  reader TEXT NOT NULL,
  verdict INTEGER NOT NULL REFERENCES verdicts,
  decision TEXT NOT NULL,
  blind INTEGER NOT NULL CHECK (blind IN (0, 1)),
  PRIMARY KEY (image, reader)
) STRICT, WITHOUT ROWID;
CREATE INDEX reader_verdicts_reader ON reader_verdicts (reader, image);
-- A step that was undone, or redone, and so on: every reversal that changed an image counts once.
INSERT INTO reader_verdicts (image, reader, verdict, decision, blind)
  WITH RECURSIVE reversals (root, step) AS (
    SELECT a.target, a.id FROM actions a JOIN actions d ON d.id = a.target WHERE a.kind = 'undo' AND d.kind = 'decide'
    UNION ALL SELECT r.root, a.id FROM reversals r JOIN actions a ON a.target = r.step
  )
  SELECT image, reviewer, id, decision, 0 FROM (
    SELECT v.image, v.reviewer, v.id, v.decision,
      row_number() OVER (PARTITION BY v.image, v.reviewer ORDER BY v.id DESC) AS place
    FROM verdicts v
    WHERE v.restores IS NULL AND (SELECT count(*) FROM reversals r JOIN verdicts u INDEXED BY verdicts_image
      ON u.image = v.image AND u.action = r.step WHERE r.root = v.action) % 2 = 0
  ) WHERE place = 1 AND decision IS NOT NULL;

DROP VIEW v_verdict_history;
CREATE VIEW v_verdict_history AS
  SELECT v.id AS entry, v.action AS step, a.kind AS step_kind, v.image, v.decision AS verdict, v.reason, v.reviewer, v.at, v.role
  FROM verdicts v JOIN actions a ON a.id = v.action;
CREATE VIEW v_reader_verdicts AS
  SELECT r.image, r.reader, r.decision AS verdict, v.reason, r.blind, v.at
  FROM reader_verdicts r JOIN verdicts v ON v.id = r.verdict;
CREATE VIEW v_work_lists AS
  SELECT id AS list, name, reader, blind, second_of, created_by, created_at FROM work_lists WHERE removed_at IS NULL;
CREATE VIEW v_work_list_images AS
  SELECT w.list, l.name, w.image FROM work_list_images w JOIN work_lists l ON l.id = w.list WHERE l.removed_at IS NULL;
`;
