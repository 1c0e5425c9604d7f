// Schema version 9: the map of the archive, and what is needed to place new images on it and to find similar ones.

export const map = `
CREATE TABLE map_layouts (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  network TEXT NOT NULL,                  -- whose features it is made of
  parameters TEXT NOT NULL CHECK (json_valid(parameters)),
  dimensions INTEGER NOT NULL,            -- of the reduced features
  basis BLOB NOT NULL,                    -- float32: mean [columns], then directions [dimensions, columns]
  complete INTEGER NOT NULL DEFAULT 0,
  created_at TEXT NOT NULL
) STRICT;
-- Images in the order in which they were placed, many to a row: an archive is read in one go.
CREATE TABLE map_blocks (
  layout INTEGER NOT NULL REFERENCES map_layouts ON DELETE CASCADE,
  block INTEGER NOT NULL,                 -- from 0
  images BLOB NOT NULL,                   -- uint32
  points BLOB NOT NULL,                   -- float32: x and y of each image
  reduced BLOB NOT NULL,                  -- float32 [images, dimensions]
  PRIMARY KEY (layout, block)
) STRICT, WITHOUT ROWID;
`;
