// A real provider of OpenID Connect (the npm package oidc-provider, with its own sign-in pages), in memory, on a free port.
//
//   node provider.mjs FOLDER REDIRECT_URI...     FOLDER: where `node_modules/oidc-provider` is
//
// Says where it is on one line, and ends when its standard input does. Anybody may sign in under any name:
//   unproved-...       has an address that nobody proved
//   nameless-...       has no address at all
//   misaddressed-...   gets an ID token that is for somebody else, otherwise genuine
//   forged-...         gets one that another key signed, under the name of the provider's
//   rekeyed-...        gets one that another key signed, under a name that nobody has heard of
import { createServer } from 'node:http';
import { createSign, generateKeyPairSync } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';

const [folder, ...redirectUris] = process.argv.slice(2);
const entry = join(folder, 'node_modules', 'oidc-provider', 'lib', 'index.js');
const { default: Provider } = await import(pathToFileURL(entry).href);

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const key = { ...privateKey.export({ format: 'jwk' }), kid: 'only', use: 'sig', alg: 'RS256' };

const claims = (sub) => {
    const name = sub.replace(/^(unproved|misaddressed|forged|rekeyed)-/, '');
    if (name.startsWith('nameless-')) return { sub };
    return { sub, name, email: `${name}@example.com`, email_verified: !sub.startsWith('unproved-') };
};

// By how a name begins: what is made of a good token's head and body, and who signs that.
const spoilt = {
    misaddressed: (head, body) => [head, { ...body, aud: 'somebody-else' }, privateKey],
    forged: (head, body) => [head, body, other],
    rekeyed: (head, body) => [{ ...head, kid: 'unheard-of' }, body, other],
};

const sign = (head, body, signer) => {
    const text = [head, body].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
    return `${text}.${createSign('RSA-SHA256').update(text).sign(signer, 'base64url')}`;
};

const server = createServer();
server.listen(0, '127.0.0.1', () => {
    const issuer = `http://127.0.0.1:${server.address().port}`;
    const provider = new Provider(issuer, {
        clients: [{ client_id: 'doorbuster', client_secret: 'a secret that only the two of them know', redirect_uris: redirectUris }],
        jwks: { keys: [key] },
        claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
        cookies: { keys: ['only for tests'] },
        pkce: { required: () => true, methods: ['S256'] },
        ttl: { IdToken: 120, AccessToken: 600, Grant: 600, Interaction: 600, Session: 600 },
        findAccount: (_, sub) => ({ accountId: sub, claims: () => claims(sub) }),
    });
    provider.use(async (ctx, next) => {
        await next();
        const token = ctx.oidc?.route === 'token' && ctx.body?.id_token;
        if (!token) return;
        const [head, body] = token.split('.').slice(0, 2).map((part) => JSON.parse(Buffer.from(part, 'base64url')));
        const spoil = spoilt[body.sub.split('-')[0]];
        if (spoil) ctx.body = { ...ctx.body, id_token: sign(...spoil(head, body)) };
    });
    server.on('request', provider.callback());
    process.stdout.write(`${issuer}\n`);
});

process.stdin.resume().on('end', () => process.exit(0));
