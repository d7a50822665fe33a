#ifndef DOCKET_CMICROHTTPD_SHIM_H
#define DOCKET_CMICROHTTPD_SHIM_H

#include <microhttpd.h>

// MHD_start_daemon and MHD_get_daemon_info are variadic, which Swift cannot call.

static inline struct MHD_Daemon *docket_mhd_start(
    const struct sockaddr *address, unsigned int connections, unsigned int timeout_seconds,
    size_t memory_per_connection, MHD_AccessHandlerCallback serve, MHD_RequestCompletedCallback completed,
    void *context) {
    // A thread per connection: a reply that is held back on purpose holds nobody else up.
    return MHD_start_daemon(
        MHD_USE_AUTO | MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION, 0, NULL, NULL, serve, context,
        MHD_OPTION_SOCK_ADDR, address, MHD_OPTION_CONNECTION_LIMIT, connections, MHD_OPTION_CONNECTION_TIMEOUT,
        timeout_seconds, MHD_OPTION_CONNECTION_MEMORY_LIMIT, memory_per_connection, MHD_OPTION_NOTIFY_COMPLETED,
        completed, context, MHD_OPTION_END);
}

static inline uint16_t docket_mhd_port(struct MHD_Daemon *daemon) {
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT);
    return info ? info->port : 0;
}

#endif
