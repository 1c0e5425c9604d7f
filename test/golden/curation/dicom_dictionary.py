"""Writes src-main/curation/deidentification/dicom-dictionary.ts from pydicom's data dictionary.

    /usr/bin/python3 test/golden/curation/dicom_dictionary.py > src-main/curation/deidentification/dicom-dictionary.ts

The facts are those of DICOM PS3.6 (registry of data elements), as pydicom 2.3.1 (Debian's python3-pydicom, MIT licence) has
them. Left out: groups 0000, 0002, 0004 and FFFE, which are no data of an image, and repeating groups. Where the standard
allows several representations the first is taken, or OW where one of them is: the program asks only what kind of value it is.
"""
import textwrap

from pydicom._dicom_dict import DicomDictionary

groups = {}
for tag, (representation, *_) in sorted(DicomDictionary.items()):
    group, element = tag >> 16, tag & 0xFFFF
    if group in (0x0000, 0x0002, 0x0004, 0xFFFE) or representation == "NONE":
        continue
    names = representation.split(" or ")
    groups.setdefault(group, []).append(f"{element:04x}{'OW' if 'OW' in names else names[0]}")

print("// The value representation of every standard data element (DICOM PS3.6), for files that do not carry it.")
print("// Made by test/golden/curation/dicom_dictionary.py from the data dictionary of pydicom 2.3.1 (MIT licence).")
print()
print("/** A group, a colon, then element and representation of each member. */")
print("const registry = `")
for group, members in groups.items():
    print("\n".join(textwrap.wrap(f"{group:04x}: {' '.join(members)}", 119, subsequent_indent="", break_on_hyphens=False)))
print("`;")
print("""
const representations: ReadonlyMap<number, string> = new Map(
  registry.split(/\\s(?=[0-9a-f]{4}:)/).flatMap((lines) => {
    const [group, ...members] = lines.trim().split(/:?\\s+/);
    return members.map((member): [number, string] => [Number.parseInt(group! + member.slice(0, 4), 16), member.slice(4)]);
  }),
);

/** All tags (group * 65536 + element) that the standard knows. */
export const standardTags: readonly number[] = [...representations.keys()];

/** The representation of a standard element, such as `DA`; undefined for tags that the standard does not know. */
export function standardRepresentation(tag: number): string | undefined {
  return representations.get(tag);
}""")
