// A real provider of OpenID Connect (the npm package oidc-provider, with its own sign-in pages), in memory, on a free port.
//
//   node provider.mjs FOLDER REDIRECT_URI...     FOLDER: where `node_modules/oidc-provider` is
//
// Says where it is on one line, and ends when its standard input does. Anybody may sign in under any name:
//   unproved-...       has an address that nobody proved
//   nameless-...       has no address at all
//   misaddressed-...   gets an ID token that is for somebody else, otherwise genuine
import { createServer } from 'node:http';
import { createSign, generateKeyPairSync } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';

const [folder, ...redirectUris] = process.argv.slice(2);
const entry = join(folder, 'node_modules', 'oidc-provider', 'lib', 'index.js');
const { default: Provider } = await import(pathToFileURL(entry).href);

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const key = { ...privateKey.export({ format: 'jwk' }), kid: 'only', use: 'sig', alg: 'RS256' };

const claims = (sub) => {
    const name = sub.replace(/^(unproved|misaddressed)-/, '');
    if (name.startsWith('nameless-')) return { sub };
    return { sub, name, email: `${name}@example.com`, email_verified: !sub.startsWith('unproved-') };
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
        const [head, body] = token.split('.');
        const said = JSON.parse(Buffer.from(body, 'base64url'));
        if (!said.sub.startsWith('misaddressed-')) return;
        const other = Buffer.from(JSON.stringify({ ...said, aud: 'somebody-else' })).toString('base64url');
        const signature = createSign('RSA-SHA256').update(`${head}.${other}`).sign(privateKey, 'base64url');
        ctx.body = { ...ctx.body, id_token: `${head}.${other}.${signature}` };
    });
    server.on('request', provider.callback());
    process.stdout.write(`${issuer}\n`);
});

process.stdin.resume().on('end', () => process.exit(0));
