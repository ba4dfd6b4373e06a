const valuesPerSlot = 4;
/** So many values a slot, as the mean over the values, are sorted by insertion in less time than the passes of a radix sort take. */
const mostInSlot = 24;

/** Sorts values that are spread rather evenly, such as times: into slots of equal width, and by insertion within them. Undefined for others. */
export function sortBySlots(values: Float64Array, known: number, least: number, most: number): Float64Array | undefined {
  const slots = Math.ceil(known / valuesPerSlot);
  const scale = (slots - 1) / (most - least);
  if (!(scale > 0 && scale < Infinity)) return undefined;
  const starts = new Uint32Array(slots);
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number;
    if (!Number.isNaN(value)) (starts[Math.trunc((value - least) * scale)] as number)++;
  }
  let squares = 0;
  for (let slot = 0, next = 0; slot < slots; slot++) {
    const count = starts[slot] as number;
    squares += count * count;
    starts[slot] = next;
    next += count;
  }
  if (squares > mostInSlot * known) return undefined;
  const sorted = new Float64Array(known);
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number;
    if (!Number.isNaN(value)) sorted[(starts[Math.trunc((value - least) * scale)] as number)++] = value;
  }
  for (let index = 1; index < sorted.length; index++) {
    const value = sorted[index] as number;
    let place = index;
    while (place > 0 && isAfter(sorted[place - 1] as number, value)) sorted[place] = sorted[--place] as number;
    sorted[place] = value;
  }
  return sorted;
}

/** In the order of a sort, which puts -0 before 0. */
function isAfter(one: number, other: number): boolean {
  return one > other || (one === 0 && other === 0 && Object.is(other, -0) && !Object.is(one, -0));
}
