/**
 * Shows pushes. It keeps nothing and answers for no page: an address that fails to load is the browser's own business, and
 * what a page may do is its policy's.
 */
self.addEventListener('push', (event) => {
  const { id, title, body, url } = event.data.json();
  event.waitUntil(self.registration.showNotification(title, { body, tag: id, data: { url } }));
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  const { url } = event.notification.data;
  // a page of ours and of nobody else's, whoever was able to push
  const address = new URL(url, self.location.origin);
  if (address.origin === self.location.origin) event.waitUntil(self.clients.openWindow(address.href));
});
