// The people of the generated data set: names in five character sets, numbers, dates, doctors, and how texts repeat them.
import type { Random } from '../../platform/random/random.ts';
import type { Encode } from './planting.ts';

/** Somebody's name in the character set of the objects about them. */
interface Name {
  readonly family: string;
  readonly given: string;
  /** The name in the letters of the language, as bytes: component groups 2 and 3 of a person name (PS3.5 annex H). */
  readonly native?: Uint8Array;
}

export interface Patient extends Name {
  /** (0008,0005) of each study: most have one, some a different one in each. */
  readonly characterSets: readonly string[];
  readonly id: string;
  readonly otherId: string;
  readonly birth: string;
  readonly phone: string;
  readonly street: string;
}

const bytes = (hex: string): Uint8Array => Buffer.from(hex.replaceAll(' ', ''), 'hex');

/** Names as in the examples of PS3.5 annexes H to J, and usual ones. */
const names: readonly (Name & { readonly characterSets: readonly string[] })[] = [
  { family: 'Abernathy', given: 'Josephine', characterSets: ['', ''] },
  { family: 'Müllenhöfer', given: 'Jörgen', characterSets: ['ISO_IR 100', 'ISO_IR 192'] },
  {
    ...{ family: 'Yamada', given: 'Tarou', characterSets: ['\\ISO 2022 IR 87'] },
    native: bytes(
      '1b2442 3b334544 1b2842 5e 1b2442 42404f3a 1b2842 3d 1b2442 2464245e2440 1b2842 5e 1b2442 243f246d2426 1b2842',
    ),
  },
  {
    ...{ family: 'Hongdae', given: 'Gildong', characterSets: ['\\ISO 2022 IR 149'] },
    native: bytes('1b242943 fbf3 5e 1b242943 d1ced4d7 3d 1b242943 c8ab 5e 1b242943 b1e6b5bf'),
  },
  { family: 'Łukasiewicz', given: 'Zoëlla', native: Buffer.from('王^小東'), characterSets: ['ISO_IR 192'] },
  { ...{ family: 'Wangxi', given: 'XiaoDong', characterSets: ['GB18030'] }, native: bytes('cdf5 5e d0a1b6ab') },
  { family: "O'Shaughnessy", given: 'Mary-Kate', characterSets: ['ISO_IR 100'] },
  { family: 'Vandersteen', given: 'Bartholomeus', characterSets: ['ISO_IR 192', 'ISO_IR 100'] },
];

const doctors = ['Quackenbush^Ophelia', 'Featherstone^Ignatius', 'Zimmerhackl^Leopold', 'Castellano^Guiomar'];
const hospitals = ['Saint Eustachius Infirmary', 'Northgate Wexford Clinic', 'Krankenhaus Oberhagen'];

/** `count` patients; every number occurs once. */
export function patients(count: number, random: Random): readonly Patient[] {
  return Array.from({ length: count }, (_, index) => {
    const name = names[index % names.length]!;
    const round = Math.floor(index / names.length);
    const digits = (length: number) => Array.from({ length }, () => random.below(10)).join('');
    // Other people of the same language, of another spelling.
    const family = round === 0 ? name.family : `${name.family}${['sen', 'ov', 'ides', 'ton'][round % 4]}`;
    const umlaut = name.characterSets.length > 1 && name.characterSets[0] !== '' ? 'Ä' : '';
    return {
      ...name,
      family,
      id: `${umlaut}P${digits(6)}-${index}`,
      otherId: `MRN${digits(8)}`,
      birth: `19${30 + random.below(65)}${two(1 + random.below(12))}${two(1 + random.below(28))}`,
      phone: `+49 30 ${digits(7)}`,
      street: `${family} Lane ${1 + random.below(200)}`,
    };
  });
}

export const two = (number: number): string => String(number).padStart(2, '0');
export const anyDoctor = (random: Random): string => doctors[random.below(doctors.length)]!;
export const anyHospital = (random: Random): string => hospitals[random.below(hospitals.length)]!;

/** How texts of an object with this character set are written; ASCII stays in those that only have examples. */
export function encoder(characterSet: string): Encode {
  const encoding = characterSet === 'ISO_IR 192' ? 'utf8' : 'latin1';
  return (text) => Buffer.from(text, encoding);
}

/** `Yamada^Tarou=...`: the patient's name as a person name. */
export function personName(patient: Patient, encode: Encode): Uint8Array {
  const name = encode(`${patient.family}^${patient.given}`);
  return patient.native === undefined ? name : Buffer.concat([name, Buffer.from('='), patient.native]);
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A date (YYYYMMDD) as people write it in texts. */
export function writtenDates(date: string): readonly string[] {
  const [year, month, day] = [date.slice(0, 4), date.slice(4, 6), date.slice(6)];
  const name = months[Number(month) - 1]!;
  return [
    ...[date, `${year}-${month}-${day}`, `${day}.${month}.${year}`, `${month}/${day}/${year}`],
    ...[`${day} ${name} ${year}`, `${year}.${month}.${day}`],
  ];
}

/** The patient's name as texts repeat it: in other order, case and punctuation. */
export function nameVariants({ family, given }: Patient): readonly string[] {
  const [upper, lower] = [family.toUpperCase(), family.toLowerCase()];
  return [
    ...[
      `${family}, ${given}`,
      `${given} ${family}`,
      `${upper} ${given.toUpperCase()}`,
      `${given.toLowerCase()} ${lower}`,
      `${given.toUpperCase()} ${transliterated(upper)}`,
    ],
    ...[
      `${upper}^${given}`,
      `${family}_${given[0]}`,
      `(${lower})`,
      `Mrs ${family}'s`,
      `${given.toUpperCase()}/${upper}`,
    ],
  ];
}

/** A name in plain letters, as systems that know no others write it. */
function transliterated(name: string): string {
  const umlauts: Readonly<Record<string, string>> = { Ä: 'AE', Ö: 'OE', Ü: 'UE', Ł: 'L' };
  return name.replaceAll(/[^A-Z]/g, (letter) => umlauts[letter] ?? '');
}

/** The patient's name in a sentence, in any variant. */
export function mention(patient: Patient, random: Random): string {
  const variants = nameVariants(patient);
  return variants[random.below(variants.length)]!;
}
