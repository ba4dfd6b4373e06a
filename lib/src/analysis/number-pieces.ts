/** Numbers that are gone through a piece at a time, as often as it takes: they may be worked out anew each time, and not be kept. */
export interface NumberPieces {
  readonly length: number;
  /** The numbers from one index up to another, at most `pieceLength` of them: until the next piece is asked for, and not to be written to. */
  readonly piece: (from: number, to: number) => Float64Array;
}

/** So many that what is done with a piece, some passes over it, is done in the processor's cache. */
export const pieceLength = 8192;

/** Numbers that are in memory. */
export function piecesOf(numbers: Float64Array): NumberPieces {
  return { length: numbers.length, piece: (from, to) => numbers.subarray(from, to) };
}

/** Goes through them, a piece after the other. */
export function forEachPiece({ length, piece }: NumberPieces, look: (piece: Float64Array, from: number) => void): void {
  for (let from = 0; from < length; from += pieceLength) look(piece(from, Math.min(from + pieceLength, length)), from);
}

/** All of them, in memory. */
export function allOf(pieces: NumberPieces): Float64Array {
  const all = new Float64Array(pieces.length);
  forEachPiece(pieces, (piece, from) => all.set(piece, from));
  return all;
}

/** Those whose index is chosen, in memory. */
export function chosenOf(pieces: NumberPieces, isChosen: (index: number) => boolean): Float64Array {
  const chosen = new Float64Array(pieces.length);
  let count = 0;
  forEachPiece(pieces, (piece, from) => {
    for (let index = 0; index < piece.length; index++) if (isChosen(from + index)) chosen[count++] = piece[index] as number;
  });
  return chosen.subarray(0, count);
}

/** Numbers that `fill` works out: it fills an array with those from an index on. */
export function workedOut(length: number, fill: (numbers: Float64Array, from: number) => void): NumberPieces {
  const room = new Float64Array(Math.min(length, pieceLength));
  return {
    length,
    piece(from, to) {
      const numbers = room.subarray(0, to - from);
      fill(numbers, from);
      return numbers;
    },
  };
}
