/** Why somebody is not signed in; with `change` the password was right, but must be changed first. */
export interface Refusal {
  message: string
  change: boolean
  /** Nobody has made a mistake. */
  notice?: boolean
  /** The password is right in several instances, one of which must be chosen: these, or one that is typed. */
  instances?: string[] | undefined
}

/** What there is to sign in with. */
export interface Options {
  passwords: boolean
  /** There are several instances. */
  instances?: boolean
  /** The name of the identity provider, when there is one. */
  provider?: string
}

export interface Credentials {
  username: string
  password: string
  newPassword: string
  /** Alias or id; empty where the user name says enough. */
  instance: string
}

const patience = 10_000

/** Signs in, or changes the password and signs in. Gives undefined when it worked, otherwise why it did not. */
export async function signIn(credentials: Credentials, change: boolean): Promise<Refusal | undefined> {
  try {
    const response = await fetch(change ? '/auth/password' : '/login', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
      body: JSON.stringify(credentials),
      signal: AbortSignal.timeout(patience),
    })
    return response.ok ? undefined : await reason(response)
  } catch {
    return { message: 'The server could not be reached.', change: false }
  }
}

async function reason(response: Response): Promise<Refusal> {
  const answer = (await response.json().catch(() => ({}))) as {
    message?: string
    changePassword?: boolean
    chooseInstance?: boolean
    instances?: string[] | undefined
  }
  const message = answer.message || `The server answered ${response.status}.`
  const instances = answer.chooseInstance ? (answer.instances ?? []) : undefined
  return { message, change: answer.changePassword === true, instances, notice: answer.chooseInstance === true }
}

/** Asks what there is to sign in with. A server that does not answer takes passwords. */
export async function options(): Promise<Options> {
  try {
    const response = await fetch('/auth/options', { cache: 'no-store', signal: AbortSignal.timeout(patience) })
    if (response.ok) return (await response.json()) as Options
  } catch {
    // As said.
  }
  return { passwords: true }
}

const failures: Record<string, string> = {
  1: 'The user name or the password is incorrect.',
  wait: 'Too many wrong passwords. Wait a while, then try again.',
  denied: 'Passwords are not taken here. Use single sign-on.',
  rules: 'The new password breaks the rules.',
  refused: 'The sign-in was refused, or given up.',
  inactive: 'You were signed out because nothing was done for a while. Your tasks are still yours.',
  expired: 'The sign-in took too long, or began in another window. Try again.',
  unnamed: 'The provider does not say which user you are. Ask your administrator.',
  away: 'The provider could not be reached, or did not answer as it should. Try again, or ask your administrator.',
  instance: 'There are users of this name in several instances. Say which one is meant.',
  unknown: 'There is no user of your name here, and signing in does not make one. Ask your administrator.',
}

/** Why the server has sent the browser back to this page, if it has. */
export function failure(query: string): Refusal | undefined {
  const word = new URLSearchParams(query).get('failed')
  if (word === null) return undefined
  if (word === 'change') return { message: 'Choose a new password', change: true }
  const message = failures[word] ?? 'You are not signed in. Try again.'
  return { message, change: false, notice: word === 'inactive' || word === 'instance', instances: word === 'instance' ? [] : undefined }
}
