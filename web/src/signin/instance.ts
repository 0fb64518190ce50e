/** The alias or id of the instance that the address of a page names, if it names one. */
export function namedInstance(query: string): string | undefined {
  return new URLSearchParams(query).get('instance') || undefined
}

/** The sign-in page, of the same instance as this page. */
export function signInPage(query: string, failed?: string): string {
  const instance = namedInstance(query)
  const members = new URLSearchParams({ ...(failed && { failed }), ...(instance && { instance }) })
  return members.size > 0 ? `/login?${members}` : '/login'
}
