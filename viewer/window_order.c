/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The order of keys and of what an input method made of them, under X11. SDL takes every event that
 * the X server has sent before it looks what the input method says: of "Enter Enter", typed fast
 * enough, the second would overtake the text that the first committed. So what follows a key press
 * waits here until that press is done with. Wayland tells both in order by itself.
 * Reads untrusted bytes from: nobody; the X server is the desk's own. */

#include "window_parts.h"

#include <SDL_syswm.h>
#include <X11/Xlibint.h>
#include <string.h>

#define WAITING_MAX 1024u /* what comes beyond them is not lost, only not in order */

typedef Bool (*converter)(Display *display, XEvent *event, xEvent *wire);

/* Xlib's hook has no context. */
static struct {
	Display *display;
	converter convert[LASTEvent];
	XEvent waiting[WAITING_MAX];
	size_t count;
	bool has_press; /* under way since the last look at the input method */
} order;

static Bool on_wire(Display *display, XEvent *event, xEvent *wire)
{
	int type = wire->u.u.type & 0x7f;

	if (!order.convert[type](display, event, wire)) {
		return False;
	}
	if (order.count < WAITING_MAX && (order.has_press || order.count > 0)) {
		order.waiting[order.count++] = *event;
		return False; /* Xlib forgets it */
	}
	order.has_press |= type == KeyPress;
	return True;
}

void window_order_start(SDL_Window *window)
{
	static const int types[] = {
		KeyPress, KeyRelease, ButtonPress, ButtonRelease, FocusIn, FocusOut};
	SDL_SysWMinfo info;

	SDL_VERSION(&info.version);
	if (!SDL_GetWindowWMInfo(window, &info) || info.subsystem != SDL_SYSWM_X11) {
		return;
	}
	order.display = info.info.x11.display;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		order.convert[types[i]] = XESetWireToEvent(order.display, types[i], on_wire);
	}
}

bool window_order_next(void)
{
	size_t count = 0;

	order.has_press = false;
	while (count < order.count && !order.has_press) {
		order.has_press = order.waiting[count++].type == KeyPress;
	}
	for (size_t i = count; i > 0; i--) {
		XPutBackEvent(order.display, &order.waiting[i - 1]);
	}
	order.count -= count;
	memmove(order.waiting, order.waiting + count, order.count * sizeof(order.waiting[0]));
	return count > 0;
}
