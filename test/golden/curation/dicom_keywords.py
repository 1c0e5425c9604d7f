"""Writes src-main/archive/dicom/keywords.ts from pydicom's data dictionary.

    /usr/bin/python3 test/golden/curation/dicom_keywords.py > src-main/archive/dicom/keywords.ts

Only attributes whose value is text (or a number or date written as text) and that describe patient, study, series, acquisition
and image: groups 0008, 0010, 0018, 0020, 0028, 0032, 0040 and 0054 of PS3.6.
"""
import textwrap

from pydicom._dicom_dict import DicomDictionary

GROUPS = {0x0008, 0x0010, 0x0018, 0x0020, 0x0028, 0x0032, 0x0040, 0x0054}
TEXT = {"AE", "AS", "CS", "DA", "DS", "DT", "IS", "LO", "LT", "PN", "SH", "ST", "TM", "UC", "UI", "UR", "UT"}
groups = {}
for tag, (representation, _, _, retired, keyword) in sorted(DicomDictionary.items()):
    if tag >> 16 in GROUPS and representation in TEXT and keyword and not retired:
        groups.setdefault(tag >> 16, []).append(f"{tag & 0xFFFF:04x}{keyword}")

print("// The keywords of DICOM attributes (PS3.6) whose value is text, for people who name a column of metadata.")
print("// Made by test/golden/curation/dicom_keywords.py from the data dictionary of pydicom 2.3.1 (MIT licence).")
print()
print("/** A group and a colon, then each member: four hexadecimal digits and the keyword. */")
print("const registry = `")
for group, members in groups.items():
    print("\n".join(textwrap.wrap(f"{group:04x}: {' '.join(members)}", 149, break_on_hyphens=False)))
print("`;")
print("""
const keywords: ReadonlyMap<string, string> = new Map(
  registry.split(/\\s(?=[0-9a-f]{4}:)/).flatMap((lines) => {
    const [group, ...members] = lines.trim().split(/:?\\s+/);
    return members.map((member): [string, string] => [group! + member.slice(0, 4), member.slice(4)]);
  }),
);
const tags = new Map([...keywords].map(([tag, keyword]) => [keyword.toLowerCase(), tag]));

/** The column of metadata that holds an attribute: called by its keyword, by its number where that is not listed. */
export const columnOfTag = (tag: string): { readonly name: string; readonly tag: string } => ({
  name: keywords.get(tag) ?? tag,
  tag,
});

/**
 * The tag, as 8 lower-case hexadecimal digits, that a person names by its keyword in any case (`KVP`) or by its number (`00180060`,
 * `(0018,0060)`, `0018,0060`); undefined where the text is neither.
 */
export function tagNamed(text: string): string | undefined {
  const digits = text.trim().replace(/^\\((.*)\\)$/, '$1').replace(',', '').toLowerCase();
  return /^[0-9a-f]{8}$/.test(digits) ? digits : tags.get(text.trim().toLowerCase());
}""")
