/** Where the built-in az knowingly differs from the stock one, by command; the coverage table shows the reasons. */
export const AZ_DIFFERENCES: Readonly<Record<string, string>> = {
  'account get-access-token':
    'prints a token of its own each time, and no `expires_on` in local time',
  'account set': 'there is one subscription: naming another one is an error in both',
  'acr build': 'the log’s lines end with a line feed alone',
  'acr check-health':
    'checks docker and the registry; Helm, private networks and single repositories are left out',
  'acr import': 'takes `localhost:PORT/IMAGE` as a source too, which the stock client refuses',
  'acr login': 'the stock client calls docker; its warnings are shortened here',
  'acr run': 'the log’s lines end with a line feed alone',
  'acr task logs': 'the log’s lines end with a line feed alone',
  'acr task run': 'the log’s lines end with a line feed alone',
  'acr task update':
    'the stock client 2.91.0 fails on tasks with a commit trigger (`Object of type set is not JSON serializable`); here they are updated',
  'cloud list': 'lists the running Lazurite only',
  'cloud show': 'shows the endpoints of the running Lazurite only',
  'containerapp env logs show':
    'the log of an environment grows between two calls; has a test of its own with the stock client',
  'containerapp exec': 'needs a terminal; has an end-to-end test of its own with both clients',
  'containerapp job logs show':
    'the stock client has it in its containerapp extension only, which Lazurite serves as an empty one',
  'containerapp logs show':
    '`--follow` has no end to compare; has a test of its own with both clients',
  'containerapp up':
    'images and folders with a Dockerfile, no `--repo` and no buildpacks; takes `--output`, which the stock client refuses; what it makes is compared by a test of its own',
  'extension add': 'installs nothing: the commands are built in',
  login: 'acts as the home’s own identity and opens no browser',
  logout: 'acts on the home’s own sign-in, not on a token cache',
  'monitor log-analytics workspace create': 'prints a daily quota of -1 as `-1`, not as `-1.0`',
  'monitor log-analytics workspace show': 'prints a daily quota of -1 as `-1`, not as `-1.0`',
  'monitor log-analytics workspace list': 'prints a daily quota of -1 as `-1`, not as `-1.0`',
  version: 'shows the version of the Azure CLI whose behaviour it follows, and no Python modules',
};
