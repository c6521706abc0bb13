// Whether whoever calls objects and services calls those that count and archive of the same environment will have.
import { type Finding, findingsOf } from './finding.ts'
import { type Configuration, type Setup, workersOf } from './setup.ts'

const { wrong } = findingsOf('objects')

export const checkObjects = (setup: Setup): readonly Finding[] => {
  const { count } = setup.here
  const home = count.name ?? ''
  const made = classesOf(count)
  return workersOf(setup).flatMap(({ file, here }) => [
    ...here.durable_objects.bindings.flatMap(({ name, class_name: className, script_name: script }) => [
      ...((script ?? here.name) === home
        ? []
        : [
            wrong(
              `${file}: ${name} is an object of ${script ?? here.name}.`,
              `Set its script_name to ${home}.`,
            ),
          ]),
      ...(made.has(className)
        ? []
        : [
            wrong(
              `No migration in workers/count/wrangler.toml makes the class ${className} of ${name}.`,
              'Add a [[migrations]] with a new tag and new_sqlite_classes; never change one that was published.',
            ),
          ]),
    ]),
    ...(here.services ?? [])
      .filter(({ service }) => !Object.values(setup.here).some(({ name }) => name === service))
      .map(({ binding, service }) =>
        wrong(
          `${file}: ${binding} is a service of ${service}, which is no Worker of ${setup.env}.`,
          `Name ours.`,
        ),
      ),
    ...(here === setup.here.edge || (here.workers_dev === false && (here.routes ?? []).length === 0)
      ? []
      : [
          wrong(
            `${file}: this Worker would have an address of its own.`,
            'Set workers_dev = false, and no route.',
          ),
        ]),
  ])
}

/** The classes that the migrations leave, with storage that has SQL. */
const classesOf = ({ migrations }: Configuration): ReadonlySet<string> => {
  const classes = new Set<string>()
  for (const step of migrations) {
    for (const name of step.new_sqlite_classes ?? []) classes.add(name)
    for (const { from, to } of step.renamed_classes ?? []) if (classes.delete(from)) classes.add(to)
    for (const name of step.deleted_classes ?? []) classes.delete(name)
  }
  return classes
}
