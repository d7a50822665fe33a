#ifndef DOCKET_CMICROHTTPD_SHIM_H
#define DOCKET_CMICROHTTPD_SHIM_H

#include <errno.h>
#include <gnutls/gnutls.h>
#include <microhttpd.h>
#include <sys/socket.h>

// MHD_start_daemon, MHD_get_daemon_info and MHD_get_connection_info are variadic, which Swift cannot call.

// With a certificate chain and its key, both PEM, it speaks TLS and nothing else.
static inline struct MHD_Daemon *docket_mhd_start(
    const struct sockaddr *address, unsigned int connections, unsigned int timeout_seconds,
    size_t memory_per_connection, const char *chain, const char *key, MHD_AccessHandlerCallback serve,
    MHD_RequestCompletedCallback completed, MHD_NotifyConnectionCallback connected, void *context) {
    struct MHD_OptionItem tls[] = {
        {MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)chain},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)key},
        {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)"NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"},
        {MHD_OPTION_END, 0, NULL},
    };
    struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};
    // A thread per connection: a reply that is held back on purpose holds nobody else up.
    return MHD_start_daemon(
        MHD_USE_AUTO | MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION | (chain ? MHD_USE_TLS : 0), 0,
        NULL, NULL, serve, context, MHD_OPTION_SOCK_ADDR, address, MHD_OPTION_CONNECTION_LIMIT, connections,
        MHD_OPTION_CONNECTION_TIMEOUT, timeout_seconds, MHD_OPTION_CONNECTION_MEMORY_LIMIT, memory_per_connection,
        MHD_OPTION_NOTIFY_COMPLETED, completed, context, MHD_OPTION_NOTIFY_CONNECTION, connected, context,
        MHD_OPTION_ARRAY, chain ? tls : none, MHD_OPTION_END);
}

static inline uint16_t docket_mhd_port(struct MHD_Daemon *daemon) {
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT);
    return info ? info->port : 0;
}

static inline int docket_mhd_socket(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info ? info->connect_fd : -1;
}

// Bytes past the library, through TLS where the connection has it: how many went, 0 for none just now, -1 for never.
static inline ssize_t docket_mhd_send(struct MHD_Connection *connection, const void *bytes, size_t count) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
    if (info && info->tls_session) {
        ssize_t sent = gnutls_record_send((gnutls_session_t)info->tls_session, bytes, count);
        return sent >= 0 ? sent : sent == GNUTLS_E_AGAIN || sent == GNUTLS_E_INTERRUPTED ? 0 : -1;
    }
    ssize_t sent = send(docket_mhd_socket(connection), bytes, count, MSG_NOSIGNAL | MSG_DONTWAIT);
    return sent >= 0 ? sent : errno == EAGAIN || errno == EINTR ? 0 : -1;
}

#endif
