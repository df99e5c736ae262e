/**
 * What a webhook is sent.
 *
 * @see https://learn.microsoft.com/azure/container-registry/container-registry-webhook-reference
 */
export interface WebhookEvent {
  id: string;
  /** RFC 3339. */
  timestamp: string;
  action: 'push' | 'delete' | 'ping';
  target?: {
    mediaType?: string;
    size?: number;
    length?: number;
    digest: string;
    repository: string;
    tag?: string;
  };
  request?: { id: string; host: string; method: string; useragent: string };
}

/** One event on its way to a webhook, with the latest answer. */
export interface WebhookDelivery {
  event: WebhookEvent;
  uri: string;
  headers: Readonly<Record<string, string>>;
  /** Absent while no receiver has answered. */
  answer?: {
    status: number;
    reason: string;
    headers: Readonly<Record<string, string>>;
    /** The beginning of the body. */
    content: string;
  };
}
