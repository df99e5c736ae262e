/** The release of the Azure CLI whose requests and output these commands follow. */
export const FOLLOWED_RELEASE = '2.91.0';
