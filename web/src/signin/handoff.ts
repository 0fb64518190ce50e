// A window in which the agent has signed in tells a panel in a frame that waits for that. Browsers that block cookies of
// other sites keep the window's cookie from the frame, so a code goes with it: the frame signs in with that.

const type = 'tasklane/signed-in'
const patience = 10_000
const lookEvery = 5_000

const post = (path: string, body: object) =>
  fetch(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(patience),
  })

/** Tells the frames of the page that has opened this window, if one has. Only frames of this server hear it. */
export async function handOver(): Promise<void> {
  const opener = window.opener as Window | null
  if (!opener) return
  const response = await post('/auth/code', {}).catch(() => undefined)
  if (!response?.ok) return
  const { code } = (await response.json()) as { code: string }
  const tell = (page: Window) => page.postMessage({ type, code }, location.origin)
  try {
    tell(opener)
    for (let i = 0; i < opener.length; i++) tell(opener[i] as unknown as Window)
  } catch {
    // The page has gone.
  }
}

/** Waits until the agent is signed in for this page. */
export function waitForSignIn(): Promise<void> {
  return new Promise((resolve) => {
    const look = async (code?: string) => {
      if ((await signedIn()) || (code !== undefined && (await redeem(code)) && (await signedIn()))) resolve()
    }
    addEventListener('message', (event: MessageEvent<{ type?: string; code?: string } | null>) => {
      if (event.origin === location.origin && event.data?.type === type) void look(event.data.code)
    })
    setInterval(() => void look(), lookEvery)
  })
}

async function signedIn(): Promise<boolean> {
  const response = await fetch('/auth/authorize', { cache: 'no-store', signal: AbortSignal.timeout(patience) }).catch(
    () => undefined,
  )
  return response?.ok === true
}

async function redeem(code: string): Promise<boolean> {
  const response = await post('/auth/handoff', { code }).catch(() => undefined)
  return response?.ok === true
}
