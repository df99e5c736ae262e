/** A refusal of the directory: `{ error: { code, message } }`. */
export class GraphError extends Error {
  readonly status: number;
  /** e.g. `'Request_ResourceNotFound'` */
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = 'GraphError';
    this.status = status;
    this.code = code;
  }
}

export const graphErrors = {
  invalidToken: () =>
    new GraphError(401, 'InvalidAuthenticationToken', 'Access token is missing or invalid.'),
  notFound: (id: string) =>
    new GraphError(
      404,
      'Request_ResourceNotFound',
      `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
    ),
  badFilter: (filter: string) =>
    new GraphError(400, 'Request_UnsupportedQuery', `Unsupported Query: $filter=${filter}`),
  badIds: (limit: number) =>
    new GraphError(
      400,
      'Request_BadRequest',
      `The body must be { "ids": [ … ] } with at most ${limit} object ids.`,
    ),
  notImplemented: (operation: string) =>
    new GraphError(501, 'NotImplemented', `'${operation}' is not implemented by Lazurite.`),
} as const;
