// Schema version 10: files are found by their content when they move, images can be removed, and who was imaged is known for splits.

/**
 * Verdicts can be deleted with their image only, once that is in `removed_images`: an entry of the audit log says which.
 * The indexes let a removal find what belongs to an image without reading whole tables.
 */
export const archiveMoves = `
CREATE INDEX files_size ON files (size, sha256);
ALTER TABLE images ADD COLUMN sex TEXT;
ALTER TABLE images ADD COLUMN age REAL; -- years
ALTER TABLE images ADD COLUMN scanner TEXT; -- manufacturer and model
CREATE TABLE removed_images (
  image INTEGER PRIMARY KEY,
  removal INTEGER NOT NULL                -- number of the entry of the audit log
) STRICT;
CREATE INDEX removed_images_removal ON removed_images (removal);
-- What an import leaves out until somebody asks for it again.
CREATE TABLE removed_files (
  file TEXT NOT NULL,
  inside TEXT NOT NULL CHECK (json_valid(inside)),
  size INTEGER NOT NULL,
  PRIMARY KEY (file, inside)
) STRICT, WITHOUT ROWID;
DROP TRIGGER verdicts_no_delete;
CREATE TRIGGER verdicts_no_delete BEFORE DELETE ON verdicts
  WHEN NOT EXISTS (SELECT 1 FROM removed_images WHERE image = old.image)
  BEGIN SELECT raise(ABORT, 'verdicts are only superseded'); END;
CREATE INDEX current_verdicts_verdict ON current_verdicts (verdict);
CREATE INDEX features_image ON features (image);
CREATE INDEX calibration_image ON calibration (image);
CREATE INDEX scan_scores_scan ON scan_scores (scan);
`;
