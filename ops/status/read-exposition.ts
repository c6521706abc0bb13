// The text format of Prometheus, as far as our own metrics use it, as samples.

export interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

export type Samples = readonly Sample[]

/** Comments are left out. @throws on a line that is none of the format. */
export const readExposition = (text: string): Samples =>
  text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map(sampleOf)

const sampleOf = (line: string): Sample => {
  const [, name, labels = '', value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? []
  if (name === undefined) throw new Error(`this is no sample: ${line}`)
  return {
    name,
    labels: Object.fromEntries(
      [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, label, text = '']) => [
        label,
        text.replace(/\\(.)/g, (_all, escaped) => (escaped === 'n' ? '\n' : escaped)),
      ]),
    ),
    value: Number(value),
  }
}

/** The sum of all samples of a name whose labels fit. */
export const sumOf = (
  samples: Samples,
  name: string,
  fits: (labels: Sample['labels']) => boolean = () => true,
): number => samples.reduce((sum, one) => (one.name === name && fits(one.labels) ? sum + one.value : sum), 0)
