import { logTicks, secondsLabelExpr } from './axes.ts';
import { digits } from './digits.ts';
import type { SpecPart } from './plot-frame.ts';
import { type TimePanel, hasDots } from './time-panel.ts';

/** A single reading gets half a second on either side; dots get room at the edges, where they would be cut in half. */
export function wholeSpan(panels: readonly TimePanel[]): readonly [number, number] {
  const first = Math.min(...panels.map(({ data }) => data.times[0] ?? 0));
  const last = Math.max(...panels.map(({ data }) => data.times.at(-1) ?? 0));
  const margin = first < last ? (panels.some(hasDots) ? (last - first) / 100 : 0) : 0.5;
  return [Number((first - margin).toPrecision(6)), Number((last + margin).toPrecision(6))];
}

/** Lines get some room above their highest point: there they would be cut in half. */
export function yScale(panels: readonly TimePanel[]): SpecPart {
  const [first] = panels;
  const values = panels.flatMap(({ data }) => Object.values(data.values).flatMap((series) => [...series].filter(Number.isFinite)));
  if (first?.scale === 'log') {
    const { low, high } = logDomain([...values, ...panels.flatMap(({ alsoShown = [] }) => alsoShown)]);
    return { type: 'log', domain: [low, high], nice: false };
  }
  if (first?.mark === 'area')
    return panels.length === 1 ? { type: 'linear' } : { type: 'linear', domain: [0, digits(highestStack(panels)) || 1] };
  return { type: 'linear', domain: [0, digits(Math.max(0, ...values) * 1.04) || 1] };
}

function highestStack(panels: readonly TimePanel[]): number {
  return Math.max(
    ...panels.map(({ data }) => {
      const series = Object.values(data.values);
      return data.times.reduce(
        (most, _, index) =>
          Math.max(
            most,
            series.reduce((sum, values) => sum + (values[index] || 0), 0),
          ),
        0,
      );
    }),
  );
}

/** A little beyond the values on either side. */
function logDomain(values: readonly number[]): { readonly low: number; readonly high: number } {
  const above = values.filter((value) => value > 0);
  const low = above.length === 0 ? 1 : Math.min(...above);
  const high = above.length === 0 ? 10 : Math.max(...above);
  return { low: Number((low / 1.1).toPrecision(3)), high: Number((high * 1.1).toPrecision(3)) };
}

/** Of seconds on a vertical logarithmic axis. */
const mostLogLabels = 9;

/** Labels of a logarithmic axis with that scale; none of its own of any other. */
export function logAxis(scale: SpecPart): SpecPart {
  const { type, domain } = scale as { type: string; domain?: readonly [number, number] };
  if (type !== 'log' || !domain) return {};
  const values = logTicks(...domain, mostLogLabels);
  return { values, tickCount: values.length, labelExpr: secondsLabelExpr };
}
