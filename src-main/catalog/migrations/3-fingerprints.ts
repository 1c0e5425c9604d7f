// Schema version 3: equal pixels are known by a fingerprint that is quicker to make than their SHA-256; who may be tried again.

/** Files count as changed once more, so that the next import reads them and notes the fingerprints. */
export const fingerprints = `
ALTER TABLE images RENAME COLUMN pixels_sha256 TO pixel_fingerprint; -- of the stored samples and their shape
UPDATE images SET pixel_fingerprint = NULL;
UPDATE files SET modified = 0 WHERE id IN (SELECT file FROM images);
ALTER TABLE files ADD COLUMN again INTEGER NOT NULL DEFAULT 0 CHECK (again IN (0, 1)); -- 1: in quarantine, perhaps without its fault
`;
