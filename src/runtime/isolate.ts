// One of a kind per isolate: made at the first request, because configuration is only known then.

/** Remembers what was made for an `env`; platforms hand the same object to every request of an isolate. */
export const oncePerEnv = <Env extends object, Made>(make: (env: Env) => Made): ((env: Env) => Made) => {
  const made = new WeakMap<Env, Made>()
  return (env) => {
    const known = made.get(env)
    if (known !== undefined) return known
    const fresh = make(env)
    made.set(env, fresh)
    return fresh
  }
}
