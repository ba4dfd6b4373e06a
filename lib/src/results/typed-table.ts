import type { ColumnTable } from 'arquero';

/**
 * The name of a column: those that are known complete in an editor. Any other text is taken too, since verbs make columns that the types
 * can't follow (joins, pivots); one that is not there is an error that lists those that are (report/column-error.ts).
 */
type ColumnName<Row> = (keyof Row & string) | (string & Record<never, never>);

// oxlint-disable-next-line typescript/no-explicit-any -- a column that a verb made has a type that nobody knows
type Unknown = any;

/** A row as an expression sees it. */
type RowIn<Row> = Row & Readonly<Record<string, Unknown>>;
type RowFunction<Row> = (row: RowIn<Row>, parameters: Unknown) => unknown;
type Expression<Row> = RowFunction<Row> | ColumnName<Row> | object;
type Expressions<Row> = Readonly<Record<string, RowFunction<Row> | string | object>>;
type Key<Row> = ColumnName<Row> | number | RowFunction<Row> | object;
/** What expressions make, as far as it can be told: not of texts and `op.count()`. */
type Made<Values> = { readonly [Name in keyof Values]: Values[Name] extends (...values: never) => infer Value ? Value : Unknown };
type Named<Row, Names extends string> = Pick<Row, Names & keyof Row>;

/** What a table does, in the words of its columns. */
interface Verbs<Row extends object, Groups extends object> {
  // What is read
  array(name: ColumnName<Row>, ...rest: [constructor?: Parameters<ColumnTable['array']>[1]]): ReturnType<ColumnTable['array']>;
  column(name: ColumnName<Row>): ReturnType<ColumnTable['column']>;
  get<Name extends ColumnName<Row>>(name: Name, row?: number): Name extends keyof Row ? Row[Name] : Unknown;
  getter<Name extends ColumnName<Row>>(name: Name): (row: number) => Name extends keyof Row ? Row[Name] : Unknown;
  object(row?: number): RowIn<Row>;
  objects(options?: Parameters<ColumnTable['objects']>[0]): RowIn<Row>[];

  // The same columns
  filter(criteria: Expression<Row>): this;
  groupby<Name extends keyof Row & string>(...keys: readonly Name[]): TypedTable<Row, Named<Row, Name>>;
  orderby(...keys: readonly (Key<Row> | readonly Key<Row>[])[]): this;
  dedupe(...keys: readonly (Key<Row> | readonly Key<Row>[])[]): this;
  ungroup(): TypedTable<Row>;

  // Others
  derive<Values extends Expressions<Row>>(
    values: Values,
    options?: Parameters<ColumnTable['derive']>[1],
  ): TypedTable<Omit<Row, keyof Values> & Made<Values>, Groups>;
  rollup<Values extends Expressions<Row>>(values?: Values): TypedTable<Groups & Made<Values>>;
  count(options?: { readonly as?: string }): TypedTable<Groups & { readonly count: number }>;
  select<Name extends keyof Row & string>(...columns: readonly Name[]): TypedTable<Named<Row, Name>, Groups>;
}

/**
 * An Arquero table whose columns are known: their names complete, and expressions know their types.
 *
 * `Row` is what is known of a row, `Groups` of what it is grouped by: there may be more. A verb that makes columns gives a table that knows
 * them as far as types can follow; joins, pivot, fold, spread and unroll keep what was known before.
 */
// oxlint-disable-next-line typescript/no-generated-empty-object-type -- it is not: the rule takes a generic intersection for one
export type TypedTable<Row extends object, Groups extends object = Record<never, never>> = Verbs<Row, Groups> & ColumnTable;
