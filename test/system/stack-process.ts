// A stack as a process of its own, for tests that kill all of it at once: its options are its one argument, as JSON.
import { type StackOptions, startStack } from '../../dev/stack.ts'

const options: StackOptions = JSON.parse(process.argv[2] ?? '') // written by crashable-stack.ts
const stack = await startStack({ ...options, log: console.log })
process.once('SIGTERM', () => {
  void stack.stop().then(() => process.exit(0))
})
await stack.failure
