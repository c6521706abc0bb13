// Whether everything an environment names is its own: a queue or object of another one would mix their ballots.
import { type Finding, findingsOf } from './finding.ts'
import { type Configuration, isAccountId, type Setup, workersOf } from './setup.ts'

const { wrong } = findingsOf('names')

export const checkNames = (setup: Setup): readonly Finding[] =>
  workersOf(setup).flatMap(({ file, here }) =>
    namesIn(here).flatMap(([what, name]) => {
      if (isPlaceholder(name))
        return wrong(
          `${file}: ${what} is “${name}”, which stands for something that was never put in.`,
          `Write edgepoll-…-${setup.env}; for a KV namespace its title, or the id that your account gave it.`,
        )
      if (name.endsWith(`-${setup.env}`)) return []
      return wrong(
        `${file}: ${what} is “${name}”, which is not one of ${setup.env}.`,
        `End it with -${setup.env}, or two environments write to the same one.`,
      )
    }),
  )

const namesIn = (config: Configuration): readonly (readonly [string, string])[] => [
  ['the name of the Worker', config.name ?? ''],
  ...config.durable_objects.bindings.flatMap(({ name, script_name: script }) =>
    script === undefined ? [] : [[`the script of ${name}`, script] as const],
  ),
  ...(config.queues.producers ?? []).map(({ binding, queue }) => [`the queue of ${binding}`, queue] as const),
  ...(config.queues.consumers ?? []).flatMap(({ queue, dead_letter_queue: dead }) => [
    ['a queue it consumes', queue] as const,
    ...(dead === undefined ? [] : [[`the dead-letter queue of ${queue}`, dead] as const]),
  ]),
  ...(config.services ?? []).map(({ binding, service }) => [`the service of ${binding}`, service] as const),
  ...config.kv_namespaces
    .filter(({ id }) => id === undefined || !isAccountId(id) || isPlaceholder(id))
    .map(({ binding, id }) => [`the KV namespace of ${binding}`, id ?? ''] as const),
]

/** Nobody's name: empty, in brackets, said to be replaced, or one character over and over. */
const isPlaceholder = (name: string): boolean =>
  name === '' || /[<>{}]|placeholder|todo|change.?me|your[-_]/i.test(name) || /^(.)\1{5,}$/.test(name)
