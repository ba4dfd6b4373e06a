import { ColumnTable } from 'arquero';
import { type Plot, asPlot } from './plot.ts';
import { plotConfig } from './theme.ts';

const marks = [
  ...(['arc', 'area', 'bar', 'boxplot', 'circle', 'errorband', 'errorbar', 'geoshape', 'image', 'line', 'point', 'rect', 'rule'] as const),
  ...(['square', 'text', 'tick', 'trail'] as const),
] as const;

/** The kinds of marks that Vega-Lite draws. */
export type Mark = (typeof marks)[number];

const types = ['quantitative', 'temporal', 'ordinal', 'nominal', 'geojson'] as const;

/** How a channel (x, y, color ...) shows a column. What is not listed here is as in https://vega.github.io/vega-lite/docs/encoding.html */
export interface Channel {
  /** The column. */
  readonly field?: string | object;
  /** Default: quantitative for numbers, temporal for dates, else nominal. */
  readonly type?: (typeof types)[number];
  /** Of the axis or legend. Default: the column's name. */
  readonly title?: string | readonly string[] | null;
  readonly aggregate?: string | object;
  readonly bin?: boolean | object | null;
  readonly stack?: boolean | string | null;
  readonly sort?: unknown;
  readonly scale?: object | null;
  readonly axis?: object | null;
  readonly legend?: object | null;
  readonly format?: string | object;
  readonly formatType?: string;
  readonly timeUnit?: string | object;
  readonly value?: unknown;
  readonly datum?: unknown;
  readonly condition?: unknown;
  readonly impute?: object | null;
  readonly bandPosition?: number;
  readonly header?: object | null;
  readonly columns?: number;
  readonly spacing?: unknown;
  readonly align?: unknown;
  readonly center?: unknown;
  readonly band?: number;
}

type ChannelOrList = Channel | readonly Channel[] | null;

/** Which column is shown how. */
export interface Encoding {
  readonly x?: Channel;
  readonly y?: Channel;
  readonly x2?: Channel;
  readonly y2?: Channel;
  readonly xOffset?: Channel;
  readonly yOffset?: Channel;
  readonly xError?: Channel;
  readonly yError?: Channel;
  readonly color?: Channel;
  readonly fill?: Channel;
  readonly stroke?: Channel;
  readonly opacity?: Channel;
  readonly fillOpacity?: Channel;
  readonly strokeOpacity?: Channel;
  readonly strokeWidth?: Channel;
  readonly strokeDash?: Channel;
  readonly size?: Channel;
  readonly shape?: Channel;
  readonly angle?: Channel;
  readonly theta?: Channel;
  readonly theta2?: Channel;
  readonly radius?: Channel;
  readonly radius2?: Channel;
  readonly text?: Channel;
  readonly tooltip?: ChannelOrList;
  readonly detail?: ChannelOrList;
  readonly order?: ChannelOrList;
  readonly key?: Channel;
  readonly href?: Channel;
  readonly url?: Channel;
  readonly description?: Channel;
  readonly facet?: Channel;
  readonly row?: Channel;
  readonly column?: Channel;
  readonly latitude?: Channel;
  readonly longitude?: Channel;
  readonly latitude2?: Channel;
  readonly longitude2?: Channel;
}

/**
 * A plot of one's own, as Vega-Lite has it (https://vega.github.io/vega-lite/docs/), with tables as data.
 *
 * One of `mark`, `layer`, `hconcat`, `vconcat`, `concat`, `facet` with `spec`, or `repeat` with `spec`.
 */
export interface PlotSpec {
  readonly $schema?: string;
  /** A table or its rows. Default: that of the plot around this one. */
  readonly data?: ColumnTable | { readonly values: unknown; readonly [key: string]: unknown } | { readonly name: string } | object | null;
  readonly title?: string | readonly string[] | object | null;
  readonly mark?: Mark | { readonly type: Mark; readonly [property: string]: unknown };
  readonly encoding?: Encoding;
  readonly transform?: readonly object[];
  readonly params?: readonly object[];
  readonly layer?: readonly PlotSpec[];
  readonly hconcat?: readonly PlotSpec[];
  readonly vconcat?: readonly PlotSpec[];
  readonly concat?: readonly PlotSpec[];
  readonly facet?: object;
  readonly repeat?: object | readonly string[];
  readonly spec?: PlotSpec;
  readonly columns?: number;
  /** Pixels. Default 640 for a plot of one panel. */
  readonly width?: number | 'container' | { readonly step: number };
  readonly height?: number | 'container' | { readonly step: number };
  readonly resolve?: object;
  readonly projection?: object;
  readonly view?: object;
  readonly spacing?: number | object;
  readonly align?: unknown;
  readonly bounds?: 'full' | 'flush';
  readonly center?: unknown;
  readonly autosize?: unknown;
  readonly background?: unknown;
  readonly padding?: unknown;
  readonly name?: string;
  readonly description?: string;
  readonly datasets?: object;
  readonly usermeta?: object;
  /** Beside orchlab's theme. */
  readonly config?: object;
}

/** A plot that can't be drawn as it was written: what is wrong, where, and what there is instead. */
export class PlotError extends Error {
  override readonly name = 'PlotError';
}

const specKeys: ReadonlySet<string> = new Set(
  `$schema data title mark encoding transform params layer hconcat vconcat concat facet repeat spec columns width height resolve projection
  view spacing align bounds center autosize background padding name description datasets usermeta config`.split(/\s+/),
);
const channels: ReadonlySet<string> = new Set(
  `x y x2 y2 xOffset yOffset xError xError2 yError yError2 color fill stroke opacity fillOpacity strokeOpacity strokeWidth strokeDash size
  shape angle theta theta2 radius radius2 text tooltip detail order key href url description facet row column latitude longitude latitude2
  longitude2 time`.split(/\s+/),
);

/**
 * Makes a plot of a Vega-Lite specification, so that `show` and a cell's last value draw it: in orchlab's theme, with tables as data, and
 * with types of columns that can be told from the data.
 *
 * Throws a PlotError that names a key, a mark, a channel, a type or a column that is not there.
 *
 *     plot({ data: latencyOf(experiment), mark: 'bar', encoding: { x: { field: 'phase' }, y: { field: 'p50Seconds' } } })
 */
export function plot(spec: PlotSpec): Plot {
  const { config, ...rest } = complete(spec, '', undefined);
  return asPlot({
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    ...(spec.mark !== undefined || spec.layer ? { width: 640 } : {}),
    ...rest,
    config: { ...plotConfig, ...config },
  } as unknown as Plot);
}

/** The rows that a part of a plot draws; undefined where its columns can't be told, as behind a transform. */
type Rows = readonly Readonly<Record<string, unknown>>[] | undefined;

function complete(spec: PlotSpec, place: string, around: Rows): PlotSpec {
  const at = (key: string): string => (place === '' ? key : `${place}.${key}`);
  for (const key of Object.keys(spec)) if (!specKeys.has(key)) throw unexpected(at(key), 'a key of a plot', specKeys, key);
  const { data, mark, encoding, transform } = spec;
  const kind = typeof mark === 'object' ? mark.type : mark;
  if (kind !== undefined && !marks.includes(kind)) throw unexpected(at('mark'), 'a mark', marks, kind);
  const values = data instanceof ColumnTable ? data.objects() : undefined;
  const own = values ?? (data && 'values' in data && Array.isArray(data.values) ? (data.values as unknown[]) : undefined);
  const given = data === undefined ? around : own?.every(isRow) ? own : undefined;
  const rows = transform && transform.length > 0 ? undefined : given;
  const parts = (['layer', 'hconcat', 'vconcat', 'concat'] as const).flatMap((key) => {
    const list = spec[key];
    return list ? [[key, list.map((part, index) => complete(part, `${at(key)}[${index}]`, rows))] as const] : [];
  });
  return {
    ...spec,
    ...(values ? { data: { values } } : {}),
    ...(encoding ? { encoding: completeEncoding(encoding, at('encoding'), rows) } : {}),
    ...Object.fromEntries(parts),
    ...(spec.spec ? { spec: complete(spec.spec, at('spec'), spec.repeat === undefined ? rows : undefined) } : {}),
  };
}

function completeEncoding(encoding: Encoding, place: string, rows: Rows): Encoding {
  return Object.fromEntries(
    Object.entries(encoding).map(([name, channel]: readonly [string, ChannelOrList | undefined]) => {
      const at = `${place}.${name}`;
      if (!channels.has(name)) throw unexpected(at, 'a channel', channels, name);
      if (Array.isArray(channel)) return [name, channel.map((each: Channel, index) => completeChannel(each, `${at}[${index}]`, rows))];
      return [name, channel ? completeChannel(channel as Channel, at, rows, name) : channel];
    }),
  );
}

function completeChannel(channel: Channel, place: string, rows: Rows, name = ''): Channel {
  const { field, type } = channel;
  if (type !== undefined && !types.includes(type)) throw unexpected(`${place}.type`, 'a type', types, type);
  if (rows === undefined || rows.length === 0 || typeof field !== 'string' || /[.[\\]/.test(field)) return channel;
  const columns = new Set(rows.slice(0, 100).flatMap((row) => Object.keys(row)));
  if (!columns.has(field)) throw unexpected(`${place}.field`, 'a column of the data', columns, field);
  const isTyped = type !== undefined || channel.aggregate !== undefined || channel.bin || channel.timeUnit !== undefined;
  // The second end of a range has the type of the first.
  return isTyped || /[2]$|Error|Offset$/.test(name) ? channel : { ...channel, type: typeOf(rows.map((row) => row[field])) };
}

function typeOf(values: readonly unknown[]): 'quantitative' | 'temporal' | 'nominal' {
  const known = values.find((value) => value !== null && value !== undefined);
  if (typeof known === 'number' || typeof known === 'bigint') return 'quantitative';
  return known instanceof Date ? 'temporal' : 'nominal';
}

function isRow(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function unexpected(place: string, expected: string, known: Iterable<string>, got: string): PlotError {
  return new PlotError(`plot: ${place}: expected ${expected} (${[...known].join(', ')}), got ${JSON.stringify(got)}`);
}
