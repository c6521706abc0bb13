// What a person reads once everything runs: where it is, and a vote to copy.
import { dataFolderAt } from './data-folder.ts'
import type { DevFacts } from './dev-file.ts'

/** `scheduled`: whether the archive's schedules run by themselves. */
export const welcome = (facts: DevFacts, scheduled: boolean): string => {
  const folder = dataFolderAt(facts.dataFolder)
  const poll = `${facts.url}/v1/polls/${facts.demoPollId}`
  const demo =
    facts.demoPollId === null
      ? []
      : [
          `  Page       ${facts.url}/p/${facts.demoPollId}`,
          `  Results    ${poll}/results`,
          `  API        ${facts.url}/v1   key ${facts.apiKey}`,
          `  Reference  ${facts.url}/docs`,
        ]
  const vote = [
    '',
    'Vote:',
    `  curl -s ${poll}/ballots -H 'Content-Type: application/json' -H "Voter-Id: voter-$RANDOM-$RANDOM-$RANDOM" -d '{"answers":{"lunch":["pizza"]}}'`,
  ]
  return [
    '',
    `edgepoll runs at ${facts.url}`,
    ...demo,
    ...(facts.edges.length > 1 ? [`  Edges      ${facts.edges.join(' ')}`] : []),
    `  Postgres   ${facts.databaseUrl}`,
    `  Redis      ${facts.redisUrl ?? 'in memory'}`,
    `  Facts      ${folder.devFile}`,
    `  Logs       ${folder.logs}`,
    `  Schedules  ${scheduled ? 'run, as where it is deployed' : 'do not run: that is for the Postgres that comes with edgepoll'}`,
    ...(facts.demoPollId === null ? [] : vote),
    '',
    'Ctrl-C stops it; the data stays.',
  ].join('\n')
}
