// Keeps the counter at hand when the network goes: the page as it was last seen without anybody before it, and the files
// that it loads. Nothing that is sent is kept here, and nobody's record.
'use strict';

var CACHE = 'counter-1';
var FILES = ['/counter', __FILES__];

self.addEventListener('install', function (event) {
  event.waitUntil(caches.open(CACHE).then(function (cache) { return cache.addAll(FILES); }));
  self.skipWaiting();
});

self.addEventListener('activate', function (event) {
  event.waitUntil(self.clients.claim());
});

function keep(request, response) {
  if (!response.ok || response.redirected) return response;
  var copy = response.clone();
  caches.open(CACHE).then(function (cache) { return cache.put(request, copy); });
  return response;
}

self.addEventListener('fetch', function (event) {
  var request = event.request;
  var path = new URL(request.url).pathname;
  if (request.method !== 'GET') return;
  if (path.indexOf('/assets/') === 0) {
    // Their addresses name their content.
    event.respondWith(caches.match(request).then(function (kept) {
      return kept || fetch(request).then(function (response) { return keep(request, response); });
    }));
  } else if (path === '/counter') {
    event.respondWith(fetch(request).then(function (response) { return keep(request, response); }, function (error) {
      return caches.match(request, { ignoreSearch: true, ignoreVary: true }).then(function (kept) {
        if (kept) return kept;
        throw error;
      });
    }));
  }
});
