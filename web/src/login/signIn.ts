/** Signs in. Gives undefined when it worked, otherwise why it did not. */
export async function signIn(username: string, password: string): Promise<string | undefined> {
  try {
    const response = await fetch('/login', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
      body: JSON.stringify({ username, password }),
      signal: AbortSignal.timeout(10_000),
    })
    return response.ok ? undefined : await reason(response)
  } catch {
    return 'The server could not be reached.'
  }
}

async function reason(response: Response): Promise<string> {
  const answer = (await response.json().catch(() => ({}))) as { message?: string }
  return answer.message || `The server answered ${response.status}.`
}
