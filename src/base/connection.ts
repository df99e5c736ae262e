/**
 * How clients reach a running Lazurite as if it were Azure. The server writes it to
 * `<home>/run/connection.json`; the commands read it there.
 */
export interface Connection {
  /** `'https://localhost:7443'`: lower case, no trailing slash, or the stock CLI sends no token. */
  gateway: string;
  /** File with a PEM bundle: the local CA first, then the public roots. */
  ca: string;
  armAudience: string;
  tokenEndpoint: string;
  tenantId: string;
  subscriptionId: string;
  subscriptionName: string;
  clientId: string;
  clientSecret: string;
}
