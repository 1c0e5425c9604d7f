// Schema version 12: which device made an image, where and when; what scores are followed over time by.

/** The next import reads DICOM files again, unchanged as they are, and notes what earlier versions have not. */
export const origins = `
CREATE TABLE image_origins (
  image INTEGER PRIMARY KEY REFERENCES images ON DELETE CASCADE,
  manufacturer TEXT,
  model TEXT,
  station TEXT,
  institution TEXT,
  acquired TEXT CHECK (acquired GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]') -- the day, as in the file
) STRICT;
UPDATE files SET again = 1 WHERE format = 'DICOM' AND state IN ('present', 'vanished');
CREATE VIEW v_origins AS
  SELECT image, manufacturer, model, station, institution, acquired FROM image_origins;
`;
