// The names of the scores of the family `text`.
export const textScores = { lines: 'text', confidence: 'text confidence' } as const;
