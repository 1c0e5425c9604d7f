// Schema version 7: boxes of any shape that a score found in the stored image, such as lines of text.

export const boxes = `
CREATE TABLE boxes (
  image INTEGER NOT NULL REFERENCES images,
  run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  score TEXT NOT NULL,
  rank INTEGER NOT NULL,                  -- from 1, most certain first
  x INTEGER NOT NULL, y INTEGER NOT NULL, width INTEGER NOT NULL, height INTEGER NOT NULL, -- in pixels of the stored image
  value REAL NOT NULL,
  PRIMARY KEY (image, run, score, rank)
) STRICT, WITHOUT ROWID;
CREATE INDEX boxes_run ON boxes (run);
CREATE VIEW v_boxes AS
  SELECT image, run, score, rank, x, y, width, height, value FROM boxes;
`;
