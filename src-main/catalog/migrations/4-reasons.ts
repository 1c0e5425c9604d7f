// Schema version 4: why an image is anomalous, in words, beside the number that says how much; and what networks saw in it.

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
CREATE TABLE features (
  image INTEGER NOT NULL REFERENCES images,
  network TEXT NOT NULL,                  -- which network's, such as 'localiser 0123456789abcdef'
  vector BLOB NOT NULL,                   -- float32, little-endian: features averaged over the image
  PRIMARY KEY (network, image)
) STRICT, WITHOUT ROWID;
`;
