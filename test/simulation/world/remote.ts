// Stubs: an object's methods, called over the network.

/** A stub of these methods. `send` carries a call to wherever the object is. */
export const remote = <Rpc extends object>(
  methods: readonly (keyof Rpc & string)[],
  send: (method: keyof Rpc & string, args: readonly unknown[]) => Promise<unknown>,
): Rpc =>
  Object.fromEntries(
    methods.map((method) => [method, (...args: readonly unknown[]) => send(method, args)]),
  ) as Rpc // each method as the object itself has it

/** Calls a method by its name, as the platform does for a stub. */
export const dispatch = (object: object, method: string, args: readonly unknown[]): Promise<unknown> => {
  const called: unknown = Reflect.get(object, method)
  if (typeof called !== 'function') throw new TypeError(`there is no method ${method}`)
  return Promise.resolve(called.apply(object, args))
}
