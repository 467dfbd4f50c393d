/* SPDX-License-Identifier: GPL-3.0-or-later */
/* clipboard TEXT: owns the X server's clipboard and gives this text to whoever asks, until its
 * stdin ends. Says READY when it owns it. */

#include <X11/Xatom.h>
#include <X11/Xlib.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct clipboard {
	Display *display;
	Atom selection, targets, utf8;
	const char *text;
};

static void answer(const struct clipboard *clipboard, const XSelectionRequestEvent *request)
{
	XEvent event = {.xselection = {.type = SelectionNotify,
				.requestor = request->requestor,
				.selection = request->selection,
				.target = request->target,
				.property = request->property,
				.time = request->time}};

	if (request->target == clipboard->targets) {
		XChangeProperty(clipboard->display, request->requestor, request->property, XA_ATOM,
			32, PropModeReplace, (const unsigned char *)&clipboard->utf8, 1);
	} else if (request->target == clipboard->utf8) {
		XChangeProperty(clipboard->display, request->requestor, request->property,
			clipboard->utf8, 8, PropModeReplace, (const unsigned char *)clipboard->text,
			(int)strlen(clipboard->text));
	} else {
		event.xselection.property = None;
	}
	XSendEvent(clipboard->display, request->requestor, False, 0, &event);
}

static void serve(const struct clipboard *clipboard)
{
	struct pollfd fds[2] = {{.fd = ConnectionNumber(clipboard->display), .events = POLLIN},
		{.fd = STDIN_FILENO, .events = POLLIN}};

	while (fds[1].revents == 0) {
		while (XPending(clipboard->display) > 0) {
			XEvent event;

			XNextEvent(clipboard->display, &event);
			if (event.type == SelectionRequest) {
				answer(clipboard, &event.xselectionrequest);
			}
		}
		XFlush(clipboard->display);
		if (poll(fds, 2, -1) < 0) {
			return;
		}
	}
}

int main(int argc, char **argv)
{
	struct clipboard clipboard = {.display = XOpenDisplay(NULL)};
	Window window;

	if (argc != 2 || clipboard.display == NULL) {
		fputs("usage: clipboard TEXT, with a DISPLAY\n", stderr);
		return 2;
	}
	clipboard.text = argv[1];
	clipboard.selection = XInternAtom(clipboard.display, "CLIPBOARD", False);
	clipboard.targets = XInternAtom(clipboard.display, "TARGETS", False);
	clipboard.utf8 = XInternAtom(clipboard.display, "UTF8_STRING", False);
	window = XCreateSimpleWindow(
		clipboard.display, DefaultRootWindow(clipboard.display), 0, 0, 1, 1, 0, 0, 0);
	XSetSelectionOwner(clipboard.display, clipboard.selection, window, CurrentTime);
	XSync(clipboard.display, False);
	puts("READY");
	fflush(stdout);
	serve(&clipboard);
	return 0;
}
