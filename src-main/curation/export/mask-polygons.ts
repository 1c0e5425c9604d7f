// The region of a label as polygons along the edges of its pixels: exact, also where the region has holes.

/** A corner of pixels: x to the right, y down, from the top left corner of the image. */
type Corner = readonly [x: number, y: number];

/** Right, down, left, up. */
const steps = [
  [1, 0],
  [0, 1],
  [-1, 0],
  [0, -1],
] as const;

/**
 * Polygons [x1, y1, x2, y2, ...] whose even-odd filling is the pixels of [height, width] for which `inside` holds. COCO has no
 * holes: the outline of a hole joins the polygon around it over a line that is walked both ways, which encloses nothing.
 */
export function maskPolygons(width: number, height: number, inside: (pixel: number) => boolean): readonly number[][] {
  const loops = outlines(width, height, inside);
  const outer = loops
    .map((loop) => ({ ...loop, area: signedArea(loop.corners), joined: [...loop.corners] }))
    .filter(({ area }) => area > 0);
  const bySize = outer.toSorted((a, b) => a.area - b.area);
  for (const { corners: hole, pixel } of loops.filter(({ corners }) => signedArea(corners) < 0)) {
    const { joined } = bySize.find(({ corners }) => surrounds(corners, pixel))!;
    const [start] = joined as [Corner];
    const [end] = hole as [Corner];
    const between: Corner = [end[0], start[1]];
    // Along the axes, so that no rasteriser rounds the way there otherwise than the way back.
    joined.push(start, between, ...hole, end, between);
  }
  return outer.map(({ joined }) => joined.flat());
}

/** Twice the area that corners enclose: positive where they go round the inside clockwise, as seen with y down. */
function signedArea(corners: readonly Corner[]): number {
  return corners.reduce((sum, [x, y], index) => {
    const [nextX, nextY] = corners[(index + 1) % corners.length]!;
    return sum + x * nextY - nextX * y;
  }, 0);
}

/** Whether a line along the edges of pixels goes round a pixel. */
function surrounds(corners: readonly Corner[], [pixelX, pixelY]: Corner): boolean {
  const [x, y] = [pixelX + 0.5, pixelY + 0.5];
  let crossings = 0;
  for (const [index, [fromX, fromY]] of corners.entries()) {
    const [, toY] = corners[(index + 1) % corners.length]!;
    if (fromY > y !== toY > y && fromX > x) crossings += 1;
  }
  return crossings % 2 === 1;
}

/** A closed line, and a pixel of the region that it touches. */
interface Outline {
  readonly corners: readonly Corner[];
  readonly pixel: Corner;
}

/** Closed lines around and within the region, its pixels always to their right; straight parts have no corner between. */
function outlines(width: number, height: number, inside: (pixel: number) => boolean): readonly Outline[] {
  const has = (x: number, y: number) => x >= 0 && y >= 0 && x < width && y < height && inside(y * width + x);
  /** Whether a line leaves the corner in a direction: the pixel to its right is inside, the one to its left is not. */
  const leaves = (x: number, y: number, direction: number): boolean => {
    const [rightX, rightY] = [x - (direction === 1 || direction === 2 ? 1 : 0), y - (direction >= 2 ? 1 : 0)];
    const [leftX, leftY] = [
      x - (direction === 2 || direction === 3 ? 1 : 0),
      y - (direction === 0 || direction === 3 ? 1 : 0),
    ];
    return has(rightX, rightY) && !has(leftX, leftY);
  };
  const walked = new Set<number>();
  const keyOf = (x: number, y: number, direction: number) => (y * (width + 1) + x) * 4 + direction;
  const found: Outline[] = [];
  for (let y = 0; y <= height; y++) {
    for (let x = 0; x <= width; x++) {
      // Every line has a part that goes to the right.
      if (!leaves(x, y, 0) || walked.has(keyOf(x, y, 0))) continue;
      const corners: Corner[] = [];
      let [atX, atY, direction] = [x, y, 0];
      while (!walked.has(keyOf(atX, atY, direction))) {
        walked.add(keyOf(atX, atY, direction));
        const [stepX, stepY] = steps[direction]!;
        [atX, atY] = [atX + stepX, atY + stepY];
        // To the right first: pixels that touch at a corner only are two regions.
        const next = [1, 0, 3].map((turn) => (direction + turn) % 4).find((turned) => leaves(atX, atY, turned))!;
        if (next !== direction) corners.push([atX, atY]);
        direction = next;
      }
      found.push({ corners, pixel: [x, y] });
    }
  }
  return found;
}
