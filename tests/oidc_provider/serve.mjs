// A real OpenID Connect provider (the certified `oidc-provider`), on the loopback, for tests/browser/test_oidc.py.
//
// PROVIDER in the environment is JSON: { client, accounts }. Whoever types the name of an account at its sign-in page,
// with any password, is that account. Prints its issuer in one line once it listens.

import { webcrypto } from 'node:crypto';
import { createServer } from 'node:http';

// Debian's stable Node has neither yet.
globalThis.crypto ??= webcrypto;
URL.parse ??= (address, base) => {
  try {
    return new URL(address, base);
  } catch {
    return null;
  }
};
const { default: Provider } = await import('oidc-provider');

const { client, accounts } = JSON.parse(process.env.PROVIDER);
const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [client],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    cookies: { keys: ['of a test that lasts a minute'] },
    features: { jwtUserinfo: { enabled: true } },
    ttl: { Session: 600, Interaction: 600, Grant: 600, IdToken: 600, AccessToken: 600 },
    findAccount: (_, id) => accounts[id] && { accountId: id, claims: () => ({ sub: id, ...accounts[id] }) },
    // Nobody is asked to consent: an operator registers us once for all of his people.
    loadExistingGrant: async (ctx) => {
      const grant = new ctx.oidc.provider.Grant({
        clientId: ctx.oidc.client.clientId,
        accountId: ctx.oidc.session.accountId,
      });
      grant.addOIDCScope('openid email profile');
      await grant.save();
      return grant;
    },
  });
  server.on('request', provider.callback());
  console.log(issuer);
});
