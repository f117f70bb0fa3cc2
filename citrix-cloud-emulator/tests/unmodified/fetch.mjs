// A client as people write them for Node.js, without a package.
import https from 'node:https';

const { CLIENT_ID, CLIENT_SECRET, CUSTOMER_ID, CITRIX_CLOUD_ENDPOINT } = process.env;

const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: CLIENT_ID, client_secret: CLIENT_SECRET });
const signedIn = await fetch('https://api.cloud.com/cctrustoauth2/root/tokens/clients', {
  method: 'POST',
  // As text: Node.js adds a charset to a form that it writes itself, which Citrix refuses.
  body: form.toString(),
  headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
});
const { access_token: token } = await signedIn.json();
console.log(`fetch: ${signedIn.ok ? 'signed in' : signedIn.status}`);

const headers = { Authorization: `CwsAuth Bearer=${token}`, Accept: 'application/json', 'Citrix-CustomerId': CUSTOMER_ID };
const me = await fetch('https://api.cloud.com/cvad/manage/me', { headers });
console.log(`fetch: ${(await me.json()).DisplayName}`);
console.log(`fetch past the proxy: ${(await fetch(`${CITRIX_CLOUD_ENDPOINT}/nowhere`)).status}`);

const get = (url) =>
  new Promise((resolve, reject) => {
    https.get(url, { headers }, (answer) => resolve(answer.resume().statusCode)).on('error', reject);
  });
console.log(`https: ${await get('https://api-us.cloud.com/cvadapis/me')}`);

console.log(`fetch: ${await fetch('https://example.com/').then((it) => it.status, () => 'refused')}`);
console.log(`https: ${await get('https://example.com/').catch(() => 'refused')}`);
