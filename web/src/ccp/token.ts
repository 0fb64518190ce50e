/** A token by which a request is known that is sent again. */
export function newToken(): string {
  // Not randomUUID: a page that was not served over TLS does not have it.
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
