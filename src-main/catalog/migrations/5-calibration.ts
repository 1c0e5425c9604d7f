// Schema version 5: what held-out normals score, by which other images are judged, and what each score says of an image in words.

export const calibration = `
CREATE TABLE calibration (
  run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  image INTEGER NOT NULL REFERENCES images, -- a normal that this run has not learned from
  score TEXT NOT NULL,
  value REAL NOT NULL,
  PRIMARY KEY (run, image, score)
) STRICT, WITHOUT ROWID;
CREATE TABLE score_reasons (
  image INTEGER NOT NULL REFERENCES images,
  run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  score TEXT NOT NULL,
  reason TEXT NOT NULL,                   -- what this score alone says of the image, such as 'blurred'
  place TEXT,
  PRIMARY KEY (image, run, score)
) STRICT, WITHOUT ROWID;
`;
