// Leads Node.js through the proxy that HTTPS_PROXY names. Only what comes with Node is used.
//
// Versions with NODE_USE_ENV_PROXY do so by themselves. In older ones, `https` takes its connections from an agent
// and `fetch` from a dispatcher, and both can be told how to make one.
'use strict';

const [major, minor] = process.versions.node.split('.').map(Number);
const proxy = process.env.HTTPS_PROXY;

if (proxy && !(major > 24 || (major === 24 && minor >= 5) || (major === 22 && minor >= 21))) {
  const http = require('node:http');
  const https = require('node:https');
  const tls = require('node:tls');
  const { hostname, port } = new URL(proxy);
  const direct = new Set(['localhost', '127.0.0.1', '::1', '[::1]']);

  // Opens a tunnel and shakes hands in it.
  const connect = (options, done) => {
    const host = options.hostname || options.host;
    const target = `${host}:${options.port || 443}`;
    http
      .request({ hostname, port, method: 'CONNECT', path: target, headers: { host: target }, agent: false })
      .once('connect', (response, socket) => {
        if (response.statusCode !== 200) {
          socket.destroy();
          done(new Error(`${target}: the proxy says ${response.statusCode} ${response.statusMessage}`));
          return;
        }
        const secure = tls.connect({ ALPNProtocols: ['http/1.1'], ...options, socket, servername: options.servername || host });
        secure.once('secureConnect', () => done(null, secure));
        secure.once('error', done);
      })
      .once('error', done)
      .end();
  };

  const plain = https.Agent.prototype.createConnection;
  https.Agent.prototype.createConnection = function (options, done) {
    if (direct.has(options.host) || options.socket) {
      return plain.call(this, options, done);
    }
    connect({ ...options, path: undefined }, done);
    return undefined;
  };

  // The class of the dispatcher is not exported; one is made when `fetch` is called for the first time.
  const dispatcher = Symbol.for('undici.globalDispatcher.1');
  if (typeof fetch === 'function') {
    fetch('data:,').catch(() => {});
    const Agent = globalThis[dispatcher]?.constructor;
    // Node.js 24.0 to 24.4 have one that knows the proxy.
    if (Agent?.name === 'Agent') {
      const bare = globalThis[dispatcher];
      const tunnelled = new Agent({
        connect: ({ hostname: host, port: at, servername }, done) =>
          connect({ host, port: at, servername }, done),
      });
      const dispatch = tunnelled.dispatch.bind(tunnelled);
      tunnelled.dispatch = (options, handler) => {
        const url = new URL(options.origin);
        const through = url.protocol === 'https:' && !direct.has(url.hostname);
        return through ? dispatch(options, handler) : bare.dispatch(options, handler);
      };
      globalThis[dispatcher] = tunnelled;
    }
  }
}
