// Schema version 2: what was odd about a file that was read all the same, and where slices lie in the patient.

export const oddFiles = `
ALTER TABLE files ADD COLUMN warnings TEXT CHECK (json_valid(warnings)); -- list of texts; NULL: none
ALTER TABLE images ADD COLUMN geometry TEXT CHECK (json_valid(geometry)); -- spacing, orientation, position in DICOM's axes
`;
