// Colour maps for score maps and residuals, from a few colours of each (matplotlib's inferno and viridis, grey).

export type Colour = readonly [red: number, green: number, blue: number];

const colours = {
  inferno: [
    [0, 0, 4],
    [40, 11, 84],
    [101, 21, 110],
    [159, 42, 99],
    [212, 72, 66],
    [245, 125, 21],
    [250, 193, 39],
    [252, 255, 164],
  ],
  viridis: [
    [68, 1, 84],
    [70, 50, 126],
    [54, 92, 141],
    [39, 127, 142],
    [31, 161, 135],
    [74, 193, 109],
    [160, 218, 57],
    [253, 231, 37],
  ],
  grey: [
    [0, 0, 0],
    [255, 255, 255],
  ],
} as const satisfies Readonly<Record<string, readonly Colour[]>>;
export type ColourMap = keyof typeof colours;
export const colourMaps = Object.keys(colours) as ColourMap[];

/** 256 colours, dark to bright, each channel 0..255. */
export const colourTable = (map: ColourMap): readonly Colour[] => tables[map];

const tables = Object.fromEntries(colourMaps.map((name) => [name, tableOf(colours[name])])) as {
  readonly [M in ColourMap]: readonly Colour[];
};

function tableOf(stops: readonly Colour[]): readonly Colour[] {
  return Array.from({ length: 256 }, (_, index) => {
    const place = (index / 255) * (stops.length - 1);
    const left = Math.min(stops.length - 2, Math.floor(place));
    const [a, b, share] = [stops[left]!, stops[left + 1]!, place - left];
    return [0, 1, 2].map((channel) => a[channel]! + (b[channel]! - a[channel]!) * share) as unknown as Colour;
  });
}
