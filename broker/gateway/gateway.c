/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The loop of one connection, its phases' deadlines and its end. */

#include "gateway.h"

#include "base/descriptor.h"
#include "base/log.h"
#include "base/secret.h"
#include "garasu/frame.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- descriptors ---- */

int gateway_watch_open(struct gateway *gateway, struct gateway_watch *watch, int fd)
{
	int result = uv_poll_init(&gateway->loop, &watch->poll, fd);

	if (result != 0) {
		garasu_fd_close(&fd);
		return result;
	}
	watch->poll.data = gateway;
	watch->fd = fd;
	watch->events = 0;
	return 0;
}

void gateway_watch_close(struct gateway_watch *watch)
{
	if (watch->fd < 0) {
		return;
	}
	uv_poll_stop(&watch->poll);
	garasu_fd_close(&watch->fd);
	uv_close((uv_handle_t *)&watch->poll, NULL);
}

static void await(struct gateway_watch *watch, int events, uv_poll_cb on)
{
	if (watch->fd < 0 || watch->events == events) {
		return;
	}
	watch->events = events;
	if (events == 0) {
		uv_poll_stop(&watch->poll);
	} else {
		GARASU_INVARIANT(uv_poll_start(&watch->poll, events, on) == 0);
	}
}

/* ---- the end ---- */

static void on_deadline(uv_timer_t *timer);

void gateway_set_deadline(struct gateway *gateway, uint32_t milliseconds)
{
	uv_timer_start(&gateway->deadline, on_deadline, milliseconds, 0);
}

void gateway_refuse(struct gateway *gateway, enum garasu_refusal refusal, uint32_t detail)
{
	const struct garasu_gateway_refused record = {.refusal = refusal, .detail = detail};

	garasu_log(GARASU_LOG_WARNING, "refused", "refusal=%d detail=%u phase=%d", refusal, detail,
		gateway->phase);
	gateway->counters.refused_from_viewer += refusal == GARASU_REFUSAL_CLIENT_MESSAGE;
	gateway->counters.refused_from_encoder += refusal == GARASU_REFUSAL_SERVER_MESSAGE;
	(void)supervisor_say(gateway, GARASU_GATEWAY_REFUSED, &record, 1);
}

void gateway_leave(struct gateway *gateway)
{
	if (gateway->phase == GATEWAY_GONE) {
		return;
	}
	relay_input_end(gateway);
	gateway->phase = GATEWAY_GONE;
	supervisor_report(gateway, 1);
	uv_stop(&gateway->loop);
}

void gateway_finish(struct gateway *gateway)
{
	if (gateway->phase >= GATEWAY_FLUSHING) {
		return;
	}
	relay_input_end(gateway);
	gateway_watch_close(&gateway->encoder);
	gateway->phase = GATEWAY_FLUSHING;
	gateway_set_deadline(gateway, GATEWAY_FLUSH_MS);
}

void gateway_end_with(struct gateway *gateway, uint32_t code, uint32_t value)
{
	switch (gateway->phase) {
	case GATEWAY_CLEAR:
	case GATEWAY_TLS:
		gateway_finish(gateway);
		break;
	case GATEWAY_LOGIN:
	case GATEWAY_VERDICT:
		gateway->front->answer(gateway, code, value);
		gateway_finish(gateway);
		break;
	case GATEWAY_RELAY:
		relay_input_end(gateway);
		outgoing_tell_state(gateway, code, value);
		gateway->phase = GATEWAY_ENDING;
		gateway_set_deadline(gateway, GATEWAY_ENDING_MS);
		break;
	case GATEWAY_ENDING:
	case GATEWAY_FLUSHING:
	case GATEWAY_LINGERING:
	case GATEWAY_GONE:
		break;
	}
}

static void linger(struct gateway *gateway)
{
	tls_say_end(gateway->tls);
	(void)shutdown(gateway->viewer.fd, SHUT_WR);
	gateway->phase = GATEWAY_LINGERING;
	gateway_set_deadline(gateway, GATEWAY_LINGER_MS);
}

/* Unread bytes at a close would be answered with a reset that overtakes our last words. */
static void drain(struct gateway *gateway)
{
	for (int i = 0; i < 16; i++) {
		ssize_t got = read(gateway->viewer.fd, gateway->chunk, sizeof(gateway->chunk));

		if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) {
			gateway_leave(gateway);
			return;
		}
		if (got < 0) {
			return;
		}
	}
}

static void on_deadline(uv_timer_t *timer)
{
	struct gateway *gateway = timer->data;

	switch (gateway->phase) {
	case GATEWAY_CLEAR:
	case GATEWAY_TLS:
	case GATEWAY_LOGIN:
		if (!gateway->is_idle) {
			gateway_refuse(gateway, GARASU_REFUSAL_DEADLINE, 0);
		}
		gateway_finish(gateway);
		break;
	case GATEWAY_VERDICT:
		gateway_refuse(gateway, GARASU_REFUSAL_DEADLINE, 0);
		gateway_end_with(gateway, GARASU_STATE_START_FAILED, 0);
		break;
	case GATEWAY_RELAY: /* the encoder was lost and the supervisor says nothing */
	case GATEWAY_ENDING:
		gateway_finish(gateway);
		break;
	case GATEWAY_FLUSHING:
	case GATEWAY_LINGERING:
		gateway_leave(gateway);
		break;
	case GATEWAY_GONE:
		break;
	}
	gateway_settle(gateway);
}

/* ---- the loop ---- */

static void on_viewer(uv_poll_t *poll, int status, int events)
{
	struct gateway *gateway = poll->data;

	(void)events;
	if (status != 0) {
		gateway_leave(gateway);
		return;
	}
	switch (gateway->phase) {
	case GATEWAY_CLEAR:
	case GATEWAY_TLS:
	case GATEWAY_LOGIN:
	case GATEWAY_VERDICT:
		login_read(gateway);
		break;
	case GATEWAY_RELAY:
	case GATEWAY_ENDING:
		relay_client_read(gateway);
		break;
	case GATEWAY_LINGERING:
		drain(gateway);
		break;
	case GATEWAY_FLUSHING:
	case GATEWAY_GONE:
		break;
	}
	gateway_settle(gateway);
}

static void on_encoder(uv_poll_t *poll, int status, int events)
{
	struct gateway *gateway = poll->data;

	if (status != 0) {
		relay_server_lose(gateway);
	} else {
		if ((events & UV_WRITABLE) != 0) {
			relay_client_flush(gateway);
		}
		if ((events & UV_READABLE) != 0) {
			relay_server_read(gateway);
		}
	}
	gateway_settle(gateway);
}

static void on_input(uv_poll_t *poll, int status, int events)
{
	(void)status; /* what is wrong is told by the write */
	(void)events;
	relay_input_flush(poll->data);
	gateway_settle(poll->data);
}

static void on_report(uv_timer_t *timer)
{
	supervisor_report(timer->data, 0);
}

static int viewer_events(const struct gateway *gateway)
{
	int events = 0;

	if (gateway->phase == GATEWAY_LINGERING) {
		return UV_READABLE;
	}
	if (gateway->phase != GATEWAY_FLUSHING && relay_client_is_open(gateway)) {
		events |= UV_READABLE;
	}
	if (!outgoing_is_empty(gateway) || (events != 0 && tls_wants_write(gateway->tls))) {
		events |= UV_WRITABLE;
	}
	return events;
}

static void await_all(struct gateway *gateway)
{
	int encoder = 0;

	if (garasu_buffer_size(&gateway->to_viewer) < GATEWAY_VIEWER_HIGH) {
		encoder |= UV_READABLE;
	}
	if (garasu_buffer_size(&gateway->to_encoder) > 0) {
		encoder |= UV_WRITABLE;
	}
	await(&gateway->control, UV_READABLE, supervisor_on_control);
	await(&gateway->viewer, viewer_events(gateway), on_viewer);
	await(&gateway->encoder, encoder, on_encoder);
	await(&gateway->input, gateway->queue.count > 0 ? UV_WRITABLE : 0, on_input);
}

void gateway_settle(struct gateway *gateway)
{
	int is_placed;

	if (gateway->phase == GATEWAY_GONE) {
		return;
	}
	is_placed = outgoing_place(gateway);
	if (gateway->phase == GATEWAY_ENDING && is_placed) {
		gateway_finish(gateway);
	}
	if (gateway->phase != GATEWAY_LINGERING && outgoing_flush(gateway) != 0) {
		gateway_leave(gateway);
		return;
	}
	if (gateway->phase == GATEWAY_FLUSHING && outgoing_is_empty(gateway)) {
		linger(gateway);
	}
	await_all(gateway);
}

static int set_socket(int socket)
{
	static const struct {
		int level, name, value;
	} options[] = {
		{IPPROTO_TCP, TCP_NODELAY, 1},
		{IPPROTO_TCP, TCP_NOTSENT_LOWAT, 131072},
		{IPPROTO_TCP, TCP_KEEPIDLE, 30},
		{IPPROTO_TCP, TCP_KEEPINTVL, 10},
		{IPPROTO_TCP, TCP_KEEPCNT, 3},
		{IPPROTO_TCP, TCP_USER_TIMEOUT, 60000},
		{SOL_SOCKET, SO_KEEPALIVE, 1},
	};

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		if (setsockopt(socket, options[i].level, options[i].name, &options[i].value,
			    sizeof(options[i].value)) != 0) {
			return -errno;
		}
	}
	return 0;
}

int gateway_open(struct gateway *gateway, int control, int viewer)
{
	int result = set_socket(viewer);

	gateway->control.fd = gateway->viewer.fd = gateway->encoder.fd = gateway->input.fd = -1;
	garasu_buffer_init(&gateway->from_viewer, TLS_RECORD_MAX + WIRE_CLIENT_BYTES_MAX);
	garasu_buffer_init(&gateway->to_encoder,
		GATEWAY_ENCODER_HIGH + TLS_RECORD_MAX + WIRE_CLIENT_BYTES_MAX);
	garasu_buffer_init(&gateway->own, 16u * WIRE_MESSAGE_MAX);
	garasu_buffer_init(&gateway->to_viewer, GATEWAY_VIEWER_HIGH + GATEWAY_CHUNK_BYTES +
							WIRE_SERVER_HEAD_MAX +
							16u * WIRE_MESSAGE_MAX + WIRE_STATE_BYTES);
	garasu_buffer_init(&gateway->wrapped, GATEWAY_WRAPPED_MAX);
	gateway->phase = gateway->front->first;
	gateway->input_state.scale = GARASU_SCALE_ONE;
	gateway->input_state.paste_returns = gateway->settings.paste_returns != 0;
	wire_server_init(&gateway->server, (uint16_t)gateway->settings.max_width,
		(uint16_t)gateway->settings.max_height);
	if (result == 0) {
		result = uv_loop_init(&gateway->loop);
	}
	if (result != 0) {
		return result;
	}
	gateway->is_open = 1;
	uv_timer_init(&gateway->loop, &gateway->deadline);
	uv_timer_init(&gateway->loop, &gateway->stuck);
	uv_timer_init(&gateway->loop, &gateway->report);
	gateway->deadline.data = gateway->stuck.data = gateway->report.data = gateway;
	result = gateway_watch_open(gateway, &gateway->control, control);
	if (result == 0) {
		result = gateway_watch_open(gateway, &gateway->viewer, viewer);
	}
	return result != 0 ? result : tls_attach(gateway->tls, viewer);
}

int gateway_run(struct gateway *gateway)
{
	int result = gateway->front->begin(gateway);

	if (result != 0) {
		return result;
	}
	gateway_set_deadline(gateway, gateway->settings.handshake_ms);
	uv_timer_start(&gateway->report, on_report, GATEWAY_COUNTERS_MS, GATEWAY_COUNTERS_MS);
	gateway_settle(gateway);
	uv_run(&gateway->loop, UV_RUN_DEFAULT);
	return gateway->failure;
}

void gateway_close(struct gateway *gateway)
{
	if (!gateway->is_open) {
		tls_destroy(&gateway->tls);
		return;
	}
	gateway_watch_close(&gateway->control);
	gateway_watch_close(&gateway->viewer);
	gateway_watch_close(&gateway->encoder);
	gateway_watch_close(&gateway->input);
	uv_close((uv_handle_t *)&gateway->deadline, NULL);
	uv_close((uv_handle_t *)&gateway->stuck, NULL);
	uv_close((uv_handle_t *)&gateway->report, NULL);
	uv_run(&gateway->loop, UV_RUN_DEFAULT);
	uv_loop_close(&gateway->loop);
	tls_destroy(&gateway->tls);
	garasu_buffer_finish(&gateway->from_viewer);
	garasu_buffer_finish(&gateway->to_encoder);
	garasu_buffer_finish(&gateway->to_viewer);
	garasu_buffer_finish(&gateway->wrapped);
	garasu_buffer_finish(&gateway->own);
}
