// What our pages do beyond forms and links. Every page works without it.
'use strict';

(function () {
  // Where to write next: after each answer the hand is where the next code is scanned.
  function focusFirst() {
    var wanted = document.querySelector('[autofocus]');
    if (wanted && wanted !== document.activeElement) {
      wanted.focus({ preventScroll: true });
      if (wanted.select) wanted.select();
    }
  }

  function on(name, act) {
    document.addEventListener(name, act);
  }

  // A form is sent once: its key would keep a second one from happening twice, but nobody should have to wonder.
  on('htmx:beforeRequest', function (event) {
    var form = event.detail.elt;
    if (form.tagName !== 'FORM') return;
    form.querySelectorAll('button').forEach(function (button) { button.disabled = true; });
  });
  on('htmx:afterRequest', function (event) {
    var form = event.detail.elt;
    if (form.tagName !== 'FORM') return;
    form.querySelectorAll('button').forEach(function (button) { button.disabled = false; });
  });

  // No answer at all: the page says so and keeps what was typed.
  on('htmx:sendError', function () {
    var told = document.getElementById('no-network');
    if (told) told.hidden = false;
  });

  on('htmx:afterSettle', focusFirst);
  on('DOMContentLoaded', focusFirst);

  on('click', function (event) {
    var target = event.target.closest ? event.target.closest('[data-print]') : null;
    if (target) window.print();
  });

  on('change', function (event) {
    var form = event.target.closest ? event.target.closest('form[data-submit]') : null;
    if (form && form.requestSubmit) form.requestSubmit();
  });
})();
