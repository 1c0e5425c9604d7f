// Schema version 13: what was removed is known by its content too, so that it stays away when its folder moves.

/** Frames of files that stay for their other frames are named. Values of columns that no image has any more go. */
export const removedContent = `
ALTER TABLE removed_files ADD COLUMN sha256 TEXT;
CREATE INDEX removed_files_size ON removed_files (size);
ALTER TABLE removed_images ADD COLUMN file INTEGER;
ALTER TABLE removed_images ADD COLUMN frame INTEGER;
CREATE INDEX removed_images_frame ON removed_images (file, frame) WHERE file IS NOT NULL;
UPDATE metadata_terms SET number = NULL WHERE abs(number) > 1.7976931348623157e308;
DELETE FROM metadata_terms WHERE id NOT IN (SELECT term FROM metadata_values);
`;
