"""Writes src-main/curation/deidentification/dicom-dictionary.ts from pydicom's data dictionary.

    /usr/bin/python3 test/golden/curation/dicom_dictionary.py > src-main/curation/deidentification/dicom-dictionary.ts

The facts are those of DICOM PS3.6 (registry of data elements), as pydicom 2.3.1 (Debian's python3-pydicom, MIT licence) has
them. Left out: groups 0000, 0002, 0004 and FFFE, which are no data of an image, and repeating groups. Where the standard
allows several representations the first is taken, or OW where one of them is: the program asks only what kind of value it is.
"""
import textwrap

from pydicom._dicom_dict import DicomDictionary

groups = {}
NUMBERS = {"US", "SS", "UL", "SL", "UV", "SV", "FL", "FD", "AT"}
for tag, (representation, multiplicity, *_) in sorted(DicomDictionary.items()):
    group, element = tag >> 16, tag & 0xFFFF
    if group in (0x0000, 0x0002, 0x0004, 0xFFFE) or representation == "NONE":
        continue
    names = representation.split(" or ")
    name = "OW" if "OW" in names else names[0]
    # How many numbers there may be, where the standard says.
    most = multiplicity.split("-")[-1] if name in NUMBERS else ""
    groups.setdefault(group, []).append(f"{element:04x}{name}{most if most.isdigit() else ''}")

print("// The value representation of every standard data element (DICOM PS3.6), for files that do not carry it.")
print("// Made by test/golden/curation/dicom_dictionary.py from the data dictionary of pydicom 2.3.1 (MIT licence).")
print()
print("/** A group, a colon, then element and representation of each member, and how many numbers it may have where that is told. */")
print("const registry = `")
for group, members in groups.items():
    print("\n".join(textwrap.wrap(f"{group:04x}: {' '.join(members)}", 119, subsequent_indent="", break_on_hyphens=False)))
print("`;")
print("""
const members: ReadonlyMap<number, string> = new Map(
  registry.split(/\\s(?=[0-9a-f]{4}:)/).flatMap((lines) => {
    const [group, ...elements] = lines.trim().split(/:?\\s+/);
    return elements.map((text): [number, string] => [Number.parseInt(group! + text.slice(0, 4), 16), text.slice(4)]);
  }),
);

/** All tags (group * 65536 + element) that the standard knows. */
export const standardTags: readonly number[] = [...members.keys()];

/** The representation of a standard element, such as `DA`; undefined for tags that the standard does not know. */
export function standardRepresentation(tag: number): string | undefined {
  return members.get(tag)?.slice(0, 2);
}

/** How many numbers an element of binary numbers has at most; infinite where the standard does not say. */
export function mostNumbers(tag: number): number {
  return Number(members.get(tag)?.slice(2) || Number.POSITIVE_INFINITY);
}""")
