// Schema version 8: columns of metadata, such as the scanner: attributes of DICOM files, and columns of people's own tables.

export const metadataColumns = `
CREATE TABLE metadata_columns (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,              -- as shown, such as ManufacturerModelName
  tag TEXT UNIQUE,                        -- of a DICOM attribute: 8 lower-case hexadecimal digits; NULL: from a table
  created_at TEXT NOT NULL
) STRICT;
-- Each different value of a column once: a scanner's name is not repeated for every image.
CREATE TABLE metadata_terms (
  id INTEGER PRIMARY KEY,
  column_id INTEGER NOT NULL REFERENCES metadata_columns ON DELETE CASCADE,
  text TEXT NOT NULL,
  number REAL,                            -- where the text is one
  UNIQUE (column_id, text)
) STRICT;
CREATE INDEX metadata_terms_number ON metadata_terms (column_id, number);
CREATE TABLE metadata_values (
  image INTEGER NOT NULL REFERENCES images,
  column_id INTEGER NOT NULL REFERENCES metadata_columns ON DELETE CASCADE,
  term INTEGER NOT NULL REFERENCES metadata_terms ON DELETE CASCADE,
  PRIMARY KEY (image, column_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX metadata_values_term ON metadata_values (term, image);
CREATE INDEX metadata_values_column ON metadata_values (column_id);
CREATE VIEW v_metadata AS
  SELECT v.image, c.name, c.tag, t.text, t.number
  FROM metadata_values v JOIN metadata_columns c ON c.id = v.column_id JOIN metadata_terms t ON t.id = v.term;
`;
