// The whole document, made from the definitions. Nothing of this is in the edge: `npm run generate` writes it down.
import { OpenAPIHono } from '@hono/zod-openapi'
import { examples } from './examples.ts'
import { withFreshness } from './freshness.ts'
import { headerComponents } from './headers.ts'
import { introduction, tagDescriptions } from './introduction.ts'
import { ballotOperations } from './operations/ballots.ts'
import { keyOperations } from './operations/keys.ts'
import { operatorOperations } from './operations/operator.ts'
import { ownerBallotOperations } from './operations/owner-ballots.ts'
import { ownerOperations } from './operations/owners.ts'
import { pageOperations } from './operations/pages.ts'
import { platformOperations } from './operations/platform.ts'
import { pollLifeOperations } from './operations/poll-life.ts'
import { pollOperations } from './operations/polls.ts'
import { procedureOperations } from './operations/procedures.ts'
import { proofOperations } from './operations/proofs.ts'
import { resultsOperations } from './operations/results.ts'
import { retentionOperations } from './operations/retention.ts'
import { rollupOperations } from './operations/rollups.ts'
import { usageOperations } from './operations/usage.ts'
import { voterOperations } from './operations/voters.ts'
import { eventOperations, webhookOperations } from './operations/webhooks.ts'
import { workspaceOperations } from './operations/workspaces.ts'
import { problemExample, refusalOf } from './refusals.ts'
import { saidOnce } from './said-once.ts'
import { problem, type Reason } from './schemas/problem.ts'
import { securitySchemes } from './security.ts'

/** Every operation, in the order a reader meets them. */
export const operations = [
  ...pollOperations,
  ...pollLifeOperations,
  ...ballotOperations,
  ...ownerBallotOperations,
  ...voterOperations,
  ...resultsOperations,
  ...rollupOperations,
  ...proofOperations,
  ...ownerOperations,
  ...usageOperations,
  ...webhookOperations,
  ...keyOperations,
  ...workspaceOperations,
  ...operatorOperations,
  ...retentionOperations,
  ...pageOperations,
  ...procedureOperations,
  ...platformOperations,
].map(withFreshness)

/** OpenAPI 3.1; `release` is the version of the package. */
export const openApiDocument = (release: string) => {
  const app = new OpenAPIHono()
  const { openAPIRegistry: registry } = app
  registry.register('Problem', problem)
  for (const [name, scheme] of Object.entries(securitySchemes))
    registry.registerComponent('securitySchemes', name, scheme)
  for (const [name, header] of Object.entries(headerComponents))
    registry.registerComponent('headers', name, header)
  for (const [name, example] of Object.entries(examples))
    registry.registerComponent('examples', name, example)
  const said = new Set<Reason>()
  for (const { name, component, reasons } of refusalsUsed()) {
    registry.registerComponent('responses', name, component)
    for (const reason of reasons) said.add(reason)
  }
  for (const reason of [...said].sort()) {
    const example = { summary: `What \`${reason}\` looks like`, value: problemExample(reason) }
    registry.registerComponent('examples', reason, example)
  }
  for (const operation of operations) registry.registerPath(operation)
  for (const [, operation] of eventOperations) registry.registerWebhook(operation)

  const document = app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'edgepoll',
      version: release,
      description: introduction,
      license: { name: 'MIT', url: 'https://opensource.org/license/mit' },
    },
    servers: [{ url: '/', description: 'Where this document comes from.' }],
    tags: tagDescriptions,
  })
  return saidOnce(document)
}

/** Components that the operations refer to. */
const refusalsUsed = () => {
  const answers = operations.flatMap(({ responses }): object[] => Object.values(responses))
  const references = answers.flatMap((answer) => ('$ref' in answer ? [String(answer.$ref)] : []))
  return [...new Set(references)].sort().flatMap((reference) => refusalOf(reference) ?? [])
}
