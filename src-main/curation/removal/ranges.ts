// Lists of numbers as short text: `1-500,502`.

/** Ascending numbers as ranges. */
export function textOfRanges(numbers: readonly number[]): string {
  const parts: string[] = [];
  for (let first = 0; first < numbers.length; ) {
    let last = first;
    while (last + 1 < numbers.length && numbers[last + 1] === numbers[last]! + 1) last++;
    parts.push(first === last ? `${numbers[first]}` : `${numbers[first]}-${numbers[last]}`);
    first = last + 1;
  }
  return parts.join(',');
}

/** Whether the ranges of a text, which may be no such text at all, hold a number. */
export function rangesHold(text: unknown): (number: number) => boolean {
  const ranges = String(text)
    .split(',')
    .map((part) => /^(\d+)(?:-(\d+))?$/.exec(part))
    .filter((match) => match !== null)
    .map(([, first, last]) => [Number(first), Number(last ?? first)] as const);
  return (number) => {
    let [low, high] = [0, ranges.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (ranges[middle]![1] < number) low = middle + 1;
      else high = middle;
    }
    return ranges[low] !== undefined && ranges[low]![0] <= number;
  };
}
