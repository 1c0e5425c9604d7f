// Schema version 4: why an image is anomalous, in words, beside the number that says how much.

export const reasons = `
CREATE TABLE reasons (
  image INTEGER NOT NULL REFERENCES images,
  run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  reason TEXT NOT NULL,                   -- such as 'blurred': what a list is filtered by
  place TEXT,                             -- such as 'at the lower left', where the reason has one
  PRIMARY KEY (image, run)
) STRICT, WITHOUT ROWID;
CREATE INDEX reasons_images ON reasons (reason, image, run);
CREATE VIEW current_reasons AS            -- of the newest run that gives any
  SELECT image, max(run) AS run, reason, place FROM reasons GROUP BY image;
`;
