// Which methods a path takes, from the routes themselves: the Allow header of a 405.
import { METHOD_NAME_ALL } from 'hono/router'

interface Routes {
  readonly routes: readonly { readonly path: string; readonly method: string }[]
}

/** null: no route has this path at all. */
export const methodsAt = ({ routes }: Routes, path: string): string | null => {
  const methods = routes
    .filter((route) => route.method !== METHOD_NAME_ALL && patternOf(route.path).test(path))
    .flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
  return methods.length === 0 ? null : [...new Set(methods)].join(', ')
}

const patternOf = (routePath: string): RegExp =>
  new RegExp(
    `^${routePath
      .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
      .replace(/:[^/]+/g, '[^/]+')
      .replaceAll('*', '.*')}$`,
  )
